export interface LampPlace {
    height?: number;
}
