function LampFromJSONTyped(json) {
    return {
        'litOn': (new Date(json['lit_on'])),
        'parts': (json['parts'].map(Part_1.PartFromJSON)),
        'place': !(0, runtime_1.exists)(json, 'place') ? undefined : (0, LampPlace_1.LampPlaceFromJSON)(json['place']),
        'notes': !(0, runtime_1.exists)(json, 'notes') ? undefined : json['notes'],
    };
}
