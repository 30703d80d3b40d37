function LensFromJSONTyped(json) {
    return {
        'kind': json['kind'],
    };
}
