function WickFromJSONTyped(json) {
    return {
        'kind': json['kind'],
    };
}
