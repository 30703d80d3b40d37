export interface Wick {
    kind: string;
}
