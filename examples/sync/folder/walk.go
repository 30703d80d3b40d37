// Package folder reads the files of a folder that are to be uploaded.
package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// types are the extensions of the files that the service takes.
var types = []string{".docx", ".json", ".md", ".pdf", ".txt"}

// Files returns the files below a folder that the service takes, by their paths
// in it. It calls passedOver with what is not among them and why: what is hidden,
// symbolic links and other types. It calls unreadable with what may have files
// that it could not see.
func Files(folder fs.FS, passedOver, unreadable func(path string, why error)) []string {
	var files []string
	_ = fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			unreadable(name, err)
		case name != "." && strings.HasPrefix(entry.Name(), "."):
			passedOver(name, errors.New("hidden"))
			if entry.IsDir() {
				return fs.SkipDir
			}
		case entry.IsDir():
		case !entry.Type().IsRegular():
			passedOver(name, errors.New("not a regular file"))
		case !utf8.ValidString(name):
			passedOver(name, errors.New("its name is not UTF-8"))
		case !slices.Contains(types, strings.ToLower(path.Ext(name))):
			passedOver(name, fmt.Errorf("not one of %s", strings.Join(types, ", ")))
		default:
			files = append(files, name)
		}
		return nil
	})
	return files
}
