function LightFromJSONTyped(json) {
    return {
        'colour': json['colour'],
        'howLong': !(0, runtime_1.exists)(json, 'how_long') ? undefined : json['how_long'],
    };
}
