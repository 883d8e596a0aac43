// Metadata between the protocol's pairs and a library's map. SPDX-License-Identifier: Apache-2.0
package kit

import (
	"encoding/base64"
	"sort"
	"strings"
)

// StreamTag is the metadata by which ktspec tells its streams apart.
const StreamTag = "ktspec-stream"

// ToMD makes the map that Go's gRPC libraries have for metadata; a name in -bin carries bytes.
func ToMD(pairs [][2]string) (map[string][]string, error) {
	md := map[string][]string{}
	for _, p := range pairs {
		k, v := strings.ToLower(p[0]), p[1]
		if strings.HasSuffix(k, "-bin") {
			b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(v, "="))
			if err != nil {
				return nil, err
			}
			v = string(b)
		}
		md[k] = append(md[k], v)
	}
	return md, nil
}

// FromMD keeps the order of one name's values; names are sorted, since these libraries keep no order of them.
func FromMD(md map[string][]string) [][2]string {
	names := make([]string, 0, len(md))
	for k := range md {
		names = append(names, k)
	}
	sort.Strings(names)
	pairs := [][2]string{}
	for _, k := range names {
		for _, v := range md[k] {
			if strings.HasSuffix(k, "-bin") {
				v = base64.StdEncoding.EncodeToString([]byte(v))
			}
			pairs = append(pairs, [2]string{k, v})
		}
	}
	return pairs
}
