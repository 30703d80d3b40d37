// The version of the spec is 2099-01.
exports.BASE_PATH = "https://lamps.example/v".replace(/\/+$/, "");
