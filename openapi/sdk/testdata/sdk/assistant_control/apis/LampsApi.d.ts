export interface LightLampRequest {
    xPineconeApiVersion: string;
    lampName: string;
    light: Light;
    dryRun?: boolean;
}
export interface RefillRequest {
    xPineconeApiVersion: string;
    lampName: string;
    can: Blob;
}
export declare class LampsApi extends runtime.BaseAPI {
    lightLampRaw(requestParameters: LightLampRequest, initOverrides?: RequestInit): Promise<runtime.ApiResponse<Lamp>>;
    refillRaw(requestParameters: RefillRequest, initOverrides?: RequestInit): Promise<runtime.ApiResponse<void>>;
}
