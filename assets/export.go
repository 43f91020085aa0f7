package assets

import "embed"

// Export holds the forms that package export fills: text/template.
//
//go:embed export
var Export embed.FS
