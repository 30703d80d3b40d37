// Package folder finds and reads the files of a folder that can be uploaded.
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

// types are the file name extensions that the service accepts.
var types = []string{".docx", ".json", ".md", ".pdf", ".txt"}

// Files returns the paths of the files in a folder, and in its subfolders, that
// the service accepts. It calls passedOver with each skipped entry and the
// reason: hidden entries, symbolic links and other types. It calls unreadable
// with each entry that could not be read.
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
