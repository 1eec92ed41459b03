package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/spf13/cobra"
)

func (p *program) moveVerb() *cobra.Command {
	o := &operating{p: p}
	var to string
	var cancel bool
	cmd := &cobra.Command{
		Use:   "move",
		Short: "Take a store to another database, from SQLite to PostgreSQL or back",
		Long: `Copies all that a store keeps into an empty database: conversations, outbox, dead letters, what was seen before, and what is found by its words. Tables and files of your own are yours to move.

Stop every process of the channel first; one that still says that it lives is refused, and one that was overlooked can write nothing more to the old database. From the first moment on no program opens the old database any more, and none the new one until all is there, so that nothing is sent by both. What was interrupted goes on with the same command. At the end both are compared.

--cancel takes the mark off the old database, so that programs open it again: what has happened in the new one since does not come with it, and only one of them may be used.`,
		Example: "  kanava move --database desk.db --to postgres://desk@db/desk\n  KANAVA_MOVE_TO=postgres://desk:secret@db/desk kanava move --database desk.db\n  kanava move --database desk.db --cancel",
		Args:    arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.settle(); err != nil {
				return err
			}
			if cancel {
				return p.cancelMove(cmd.Context(), o.database)
			}
			if to == "" {
				to = p.getenv("KANAVA_MOVE_TO")
			}
			if to == "" {
				return wrong("say where to: --to FILE, --to postgres://user@host/name, or KANAVA_MOVE_TO")
			}
			return p.move(cmd.Context(), o.database, to)
		},
	}
	cmd.Flags().StringVar(&o.database, "database", "", "the old one: `FILE` of SQLite, or postgres://user@host/name (KANAVA_DATABASE, or database in the settings)")
	cmd.Flags().StringVar(&to, "to", "", "the new one: `FILE`, or postgres://user@host/name (KANAVA_MOVE_TO)")
	cmd.Flags().BoolVar(&cancel, "cancel", false, "let the old database be opened again")
	return cmd
}

func (p *program) move(ctx context.Context, where, to string) error {
	if err := p.nobodyWorksOn(ctx, where); err != nil {
		return err
	}
	from, dialect, err := p.openDatabase(ctx, where, false)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	target, kind, err := p.openDatabase(ctx, to, false)
	if err != nil {
		return err
	}
	defer func() { _ = target.Close() }()
	if err := target.PingContext(ctx); err != nil {
		return errors.New(databaseProblem(to, err))
	}
	p.progress.show(true, "Moving …")
	moved, err := sqlstore.Move(ctx, sqlstore.Config{DB: from, Dialect: dialect}, sqlstore.Config{DB: target, Dialect: kind}, func(m sqlstore.Moved) {
		p.progress.show(false, "%d records, %d pieces of work, %d words of search …", m.Records, m.Work, m.Entries)
	})
	p.progress.clear()
	if err != nil {
		return err
	}
	return p.print(map[string]any{"records": moved.Records, "work": moved.Work, "names": moved.Names, "entries": moved.Entries}, func(w io.Writer) {
		fmt.Fprintf(w, "Moved %d records, %d pieces of work, %d IDs and %d entries of the search, and compared both.\n", moved.Records, moved.Work, moved.Names, moved.Entries)
		fmt.Fprintln(w, "Now open the new database in your program. The old one stays as it was, and no program opens it any more.")
	})
}

// nobodyWorksOn refuses a store on which a process says that it lives. One that takes part in a
// move nobody can open.
func (p *program) nobodyWorksOn(ctx context.Context, where string) error {
	st, err := p.openStore(ctx, where, false)
	if errors.Is(err, sqlstore.ErrMoved) {
		return nil
	}
	if err != nil {
		return err
	}
	defer st.close()
	h, err := newHub(st)
	if err != nil {
		return err
	}
	processes, err := h.Processes(ctx)
	if err != nil {
		return err
	}
	living := 0
	for i := range processes {
		if processes[i].Living(h.Now()) {
			living++
		}
	}
	if living > 0 {
		return fmt.Errorf("%s working on the store: stop them first (one that was killed counts for five seconds more)", plural(living, "process"))
	}
	return nil
}

func (p *program) cancelMove(ctx context.Context, where string) error {
	db, dialect, err := p.openDatabase(ctx, where, false)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if err := sqlstore.CancelMove(ctx, sqlstore.Config{DB: db, Dialect: dialect}); err != nil {
		return err
	}
	return p.print(map[string]any{"cancelled": true}, func(w io.Writer) {
		fmt.Fprintln(w, "Programs open this database again. Do not use the other one.")
	})
}
