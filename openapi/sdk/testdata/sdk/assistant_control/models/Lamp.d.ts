export interface Lamp {
    litOn: Date;
    parts: Array<Part>;
    place?: LampPlace;
    notes?: any | null;
}
