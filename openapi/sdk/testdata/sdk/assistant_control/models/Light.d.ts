export interface Light {
    colour: string;
    howLong?: number | null;
}
