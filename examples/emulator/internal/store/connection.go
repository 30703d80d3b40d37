package store

import (
	"context"
	"database/sql/driver"
	"errors"

	"modernc.org/sqlite"
)

// connector opens connections that keep their prepared statements, since parsing a
// statement usually takes longer than running it.
type connector struct{ dsn string }

// Driver implements [driver.Connector].
func (connector) Driver() driver.Driver { return &sqlite.Driver{} }

var errDriver = errors.New("the SQLite driver lacks methods that the emulator uses")

// Connect implements [driver.Connector].
func (c connector) Connect(context.Context) (driver.Conn, error) {
	opened, err := c.Driver().Open(c.dsn)
	if err != nil {
		return nil, err
	}
	conn, ok := opened.(sqliteConn)
	if !ok {
		return nil, errors.Join(errDriver, opened.Close())
	}
	return &connection{conn, make(map[string]statement)}, nil
}

// sqliteConn has the methods of the SQLite driver's connections.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	NewRestore(source string) (*sqlite.Backup, error)
}

// statement is a prepared statement. This package never runs a statement again before it
// has read all its rows.
type statement interface {
	driver.StmtExecContext
	driver.StmtQueryContext
}

type connection struct {
	sqliteConn
	prepared map[string]statement // by text; bounded, since this package has a fixed set of texts
}

func (c *connection) statement(ctx context.Context, text string) (statement, error) {
	if found := c.prepared[text]; found != nil {
		return found, nil
	}
	made, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	prepared, ok := made.(statement)
	if !ok {
		return nil, errors.Join(errDriver, made.Close())
	}
	c.prepared[text] = prepared
	return prepared, nil
}

// ExecContext implements [driver.ExecerContext].
func (c *connection) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args)
}

// QueryContext implements [driver.QueryerContext].
func (c *connection) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args)
}

// Close implements [driver.Conn].
func (c *connection) Close() (err error) {
	for _, prepared := range c.prepared {
		if closer, ok := prepared.(driver.Stmt); ok {
			err = errors.Join(err, closer.Close())
		}
	}
	return errors.Join(err, c.sqliteConn.Close())
}
