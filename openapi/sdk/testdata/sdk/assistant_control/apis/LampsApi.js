"use strict";
var __importStar = (this && this.__importStar) || function (mod) {
    return mod;
};
class LampsApi extends runtime.BaseAPI {
    async lightLampRaw(requestParameters, initOverrides) {
        if (requestParameters.xPineconeApiVersion === undefined) {
            throw new runtime.RequiredError('xPineconeApiVersion', 'missing');
        }
        if (requestParameters.lampName === undefined) {
            throw new runtime.RequiredError('lampName', 'missing');
        }
        if (requestParameters.light === undefined) {
            throw new runtime.RequiredError('light', 'missing');
        }
        queryParameters['dry_run'] = requestParameters.dryRun;
        headerParameters['X-Pinecone-Api-Version'] = String(requestParameters.xPineconeApiVersion);
        const response = await this.request({
            path: `/lamps/{lamp_name}`.replace(`{${"lamp_name"}}`, encodeURIComponent(String(requestParameters.lampName))),
            method: 'PUT',
            body: (0, index_1.LightToJSON)(requestParameters.light),
        }, initOverrides);
        return new runtime.JSONApiResponse(response, (jsonValue) => (0, index_1.LampFromJSON)(jsonValue));
    }
    async refillRaw(requestParameters, initOverrides) {
        if (requestParameters.xPineconeApiVersion === undefined) {
            throw new runtime.RequiredError('xPineconeApiVersion', 'missing');
        }
        if (requestParameters.lampName === undefined) {
            throw new runtime.RequiredError('lampName', 'missing');
        }
        if (requestParameters.can === undefined) {
            throw new runtime.RequiredError('can', 'missing');
        }
        headerParameters['X-Pinecone-Api-Version'] = String(requestParameters.xPineconeApiVersion);
        formParams.append('can', requestParameters.can);
        const response = await this.request({
            path: `/oil/{lamp_name}`.replace(`{${"lamp_name"}}`, encodeURIComponent(String(requestParameters.lampName))),
            method: 'POST',
            body: formParams,
        }, initOverrides);
        return new runtime.VoidApiResponse(response);
    }
}
