package assets

import _ "embed"

// PlatformsYAML is what package rental knows of the platforms.
//
//go:embed platforms.yaml
var PlatformsYAML []byte
