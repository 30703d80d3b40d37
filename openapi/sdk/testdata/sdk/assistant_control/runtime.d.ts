export declare const BASE_PATH: string;
