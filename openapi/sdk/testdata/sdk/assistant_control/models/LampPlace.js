function LampPlaceFromJSONTyped(json) {
    return {
        'height': !(0, runtime_1.exists)(json, 'height') ? undefined : json['height'],
    };
}
