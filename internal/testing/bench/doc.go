// Package bench compares this project's typed layer with other clients that do
// the same work on the same bytes, and with the standard library alone.
//
// A [Work] is what is measured, and a [Contender] is one way to do it. The
// benchmarks and the command report run the same works. The command also
// measures uploads, each in its own process, and the size of binaries. The code
// of package stock must be generated first, by go generate ./stock.
package bench
