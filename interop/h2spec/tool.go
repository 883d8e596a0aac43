// What builds h2spec, at pinned versions: it has no go.mod of its own.

//go:build tools

package tool

import _ "github.com/summerwind/h2spec/cmd/h2spec"
