package main

import (
	"fmt"
	"io"

	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/spf13/cobra"
)

func (p *program) migrateVerb() *cobra.Command {
	o := &operating{p: p}
	var dry, script, beside bool
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the tables of a store up to date",
		Long: `Makes the tables of a store, or brings them up to this release, all steps in one transaction. It never goes back, and other processes may do the same at the same time.

A file of SQLite in which another program has its tables is refused, unless --beside says that those of Kanava are to stand beside them.

--dry-run tells what would be done. --sql prints it as SQL, for psql or sqlite3 and a role of your own.`,
		Example: "  kanava migrate --database desk.db\n  KANAVA_DATABASE=postgres://desk@db/desk kanava migrate --dry-run\n  kanava migrate --database desk.db --sql >migrate.sql",
		Args:    arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.settle(); err != nil && o.database == "" {
				return err
			}
			db, dialect, err := p.openDatabase(cmd.Context(), o.database, beside)
			if err != nil {
				return err
			}
			defer func() { _ = db.Close() }()
			cfg := sqlstore.Config{DB: db, Dialect: dialect}
			if dry || script {
				if err := mustExist(o.database); err != nil {
					return err
				}
			}
			run := sqlstore.Migrate
			if dry || script {
				run = sqlstore.Pending
			}
			steps, err := run(cmd.Context(), cfg)
			if err != nil {
				return fmt.Errorf("%s", databaseProblem(o.database, err))
			}
			if script {
				text := ""
				if len(steps) > 0 {
					text = sqlstore.Script(dialect, steps[0].Step-1)
				}
				_, err := io.WriteString(p.out, text)
				return err
			}
			done := []string{}
			for _, step := range steps {
				done = append(done, step.Name)
			}
			if err := p.print(map[string]any{"steps": done, "done": !dry}, func(w io.Writer) {
				if len(done) == 0 {
					fmt.Fprintln(w, "The tables are up to date.")
				}
				for _, name := range done {
					fmt.Fprintln(w, map[bool]string{true: "to do ", false: "done  "}[dry]+name)
				}
			}); err != nil {
				return err
			}
			if dry && len(done) > 0 {
				return errFound
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&o.database, "database", "", "`FILE` of SQLite, or postgres://user@host/name (KANAVA_DATABASE, or database in the settings)")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "tell what would be done; exit code 1 if there is something")
	cmd.Flags().BoolVar(&beside, "beside", false, "make the tables in a file of SQLite that another program has, too")
	cmd.Flags().BoolVar(&script, "sql", false, "print what would be done as SQL")
	return cmd
}
