// Package bench measures this project's typed layer beside other clients that
// do the same work on the same bytes, and beside what the standard library needs
// for it without a client.
//
// A [Work] is what is measured, a [Contender] one way to do it. The benchmarks
// and the command report run the same ones; report also measures uploads, in
// processes of their own, and the size of binaries. The code of the package stock
// has to be generated first, by go generate ./stock.
package bench
