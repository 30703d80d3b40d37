function PartFromJSONTyped(json, ignoreDiscriminator) {
    switch (json['kind']) {
        case 'lens':
            return { ...(0, Lens_1.LensFromJSONTyped)(json, true), kind: 'lens' };
        case 'wick':
            return { ...(0, Wick_1.WickFromJSONTyped)(json, true), kind: 'wick' };
        default:
            throw new Error('none');
    }
}
