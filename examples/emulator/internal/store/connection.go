package store

import (
	"context"
	"database/sql/driver"
	"errors"

	"modernc.org/sqlite"
)

// connector opens connections whose statements stay prepared: to parse a statement takes
// longer than to run it, as a rule.
type connector struct{ dsn string }

// Driver is of [driver.Connector].
func (connector) Driver() driver.Driver { return &sqlite.Driver{} }

var errDriver = errors.New("the SQLite driver lacks what this program uses")

// Connect is of [driver.Connector].
func (c connector) Connect(context.Context) (driver.Conn, error) {
	opened, err := c.Driver().Open(c.dsn)
	if err != nil {
		return nil, err
	}
	of, ok := opened.(sqliteConn)
	if !ok {
		return nil, errors.Join(errDriver, opened.Close())
	}
	return &connection{of, make(map[string]statement)}, nil
}

// sqliteConn is what the driver's connections have.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	NewRestore(source string) (*sqlite.Backup, error)
}

// statement is a prepared statement. This package never runs one again before it has read
// all rows of it.
type statement interface {
	driver.StmtExecContext
	driver.StmtQueryContext
}

type connection struct {
	sqliteConn
	prepared map[string]statement // by their text; there are as many as this package has
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

// ExecContext is of [driver.ExecerContext].
func (c *connection) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args)
}

// QueryContext is of [driver.QueryerContext].
func (c *connection) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args)
}

// Close is of [driver.Conn].
func (c *connection) Close() (err error) {
	for _, prepared := range c.prepared {
		if closer, ok := prepared.(driver.Stmt); ok {
			err = errors.Join(err, closer.Close())
		}
	}
	return errors.Join(err, c.sqliteConn.Close())
}
