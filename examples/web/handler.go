package main

import (
	"embed"
	"html/template"
	"net"
	"net/http"
	"net/url"
)

//go:embed index.html static
var files embed.FS

// policy allows the page to load only what this server serves.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// newHandler serves the page and the answers. It refuses requests that other
// sites make the browser send: those with another origin, and those with
// another host name, which could be made to resolve to this server.
func newHandler(c *chat) http.Handler {
	mux := http.NewServeMux()
	index := template.Must(template.ParseFS(files, "index.html"))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { _ = index.Execute(w, c) })
	mux.Handle("GET /static/", http.FileServerFS(files))
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/static/icon.svg", http.StatusMovedPermanently)
	})
	mux.HandleFunc("GET /files", c.files)
	mux.HandleFunc("POST /chat", c.serve)
	sameOrigin := http.NewCrossOriginProtection().Handler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		if host := (&url.URL{Host: r.Host}).Hostname(); host != "localhost" && net.ParseIP(host) == nil {
			http.Error(w, "reach this server as localhost or by its IP address", http.StatusMisdirectedRequest)
			return
		}
		sameOrigin.ServeHTTP(w, r)
	})
}
