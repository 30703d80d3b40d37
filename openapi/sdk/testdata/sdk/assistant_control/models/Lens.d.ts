export interface Lens {
    kind: string;
}
