package main

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/examples/internal/sandbox"
	"github.com/kanava-go/kanava/template"
)

// host is the ticket system: what agents' screens talk to.
type host struct {
	db      *sql.DB
	hub     *channel.Hub
	files   *files
	agents  map[string]string // IDs by the header that has their token
	webhook http.Handler
	box     *sandbox.WhatsApp // nil with the real WhatsApp
}

func (h *host) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/webhook", h.webhook)
	mux.Handle("/phone", h.box)
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if health, err := h.hub.Health(r.Context()); err != nil || !health.Running || health.Delay.Std() > 5*time.Minute {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("GET /tickets", h.agent(func(_ http.ResponseWriter, r *http.Request, _ conversation.Author) (any, error) {
		return h.find(r.Context(), `status <> 'solved' AND ($1 = '' OR brand = $1) ORDER BY opened LIMIT 100`, r.FormValue("brand"))
	}))
	mux.HandleFunc("GET /tickets/{id}", h.agent(h.thread))
	mux.HandleFunc("POST /tickets/{id}/replies", h.agent(h.reply))
	mux.HandleFunc("GET /search", h.agent(func(_ http.ResponseWriter, r *http.Request, _ conversation.Author) (any, error) {
		return h.hub.Search(r.Context(), channel.SearchQuery{Text: r.FormValue("q")})
	}))
	mux.HandleFunc("GET /files/{ref}", h.agent(func(w http.ResponseWriter, r *http.Request, _ conversation.Author) (any, error) {
		w.Header().Set("Content-Disposition", "attachment") // it is a stranger's
		http.ServeFileFS(w, r, h.files.FS(), r.PathValue("ref"))
		return nil, nil
	}))
	return mux
}

// agent lets in whoever has a token, and answers with what f returns; the hub explains what went wrong.
func (h *host) agent(f func(http.ResponseWriter, *http.Request, conversation.Author) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id, ok := h.agents[r.Header.Get("Authorization")]
		if !ok {
			http.Error(w, "Authorization: Bearer …", http.StatusUnauthorized)
			return
		}
		v, err := f(w, r, conversation.Author{Kind: conversation.Agent, ID: id})
		if v == nil && err == nil {
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			why := explain.Error(err)
			if why.Class == explain.Fault { // the agent cannot mend it
				log.Printf("%s %s: %v", r.Method, r.Pattern, err)
			}
			w.WriteHeader(why.Status)
			v = why
		}
		_ = json.NewEncoder(w).Encode(v) // who has left hears nothing
	}
}

// ticket is a row of the host's with what the hub knows of its conversation.
type ticket struct {
	ID, Brand, Status, Agent string
	Conversation             *conversation.Conversation
	Customer                 *conversation.Customer
	Messages                 []*conversation.Message `json:",omitempty"`
}

func (h *host) find(ctx context.Context, where, arg string) ([]*ticket, error) {
	rows, err := h.db.QueryContext(ctx, `SELECT id, brand, status, agent, conversation FROM ticket WHERE `+where, arg)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list, ids := []*ticket{}, []string(nil)
	for rows.Next() {
		t := &ticket{Conversation: &conversation.Conversation{}}
		err = errors.Join(err, rows.Scan(&t.ID, &t.Brand, &t.Status, &t.Agent, &t.Conversation.ID))
		list, ids = append(list, t), append(ids, t.Conversation.ID)
	}
	talks, findErr := h.hub.ConversationsByID(ctx, ids...)
	for _, talk := range talks {
		for _, t := range list {
			if t.Conversation.ID == talk.Conversation.ID {
				t.Conversation, t.Customer = talk.Conversation, talk.Customer
			}
		}
	}
	return list, errors.Join(err, rows.Err(), findErr)
}

func (h *host) thread(_ http.ResponseWriter, r *http.Request, _ conversation.Author) (any, error) {
	list, err := h.find(r.Context(), `id = $1`, r.PathValue("id"))
	if err != nil || len(list) == 0 {
		return nil, cmp.Or(err, channel.ErrNotFound)
	}
	list[0].Messages, err = h.hub.Messages(r.Context(), channel.MessageQuery{Conversation: list[0].Conversation.ID})
	return list[0], err
}

// reply changes the ticket and sends the answer in one transaction: both happen, or neither.
func (h *host) reply(_ http.ResponseWriter, r *http.Request, by conversation.Author) (sent any, err error) {
	var in struct {
		HTML, Template string // what an editor of rich text made, or the name of a template
		Values         template.Values
		Solve          bool   // the ticket is solved by it
		Key            string // the same key again sends nothing again
	}
	if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20)).Decode(&in); err != nil {
		return nil, fmt.Errorf("%w: %w", message.ErrInvalid, err)
	}
	answer := channel.Reply{Key: in.Key, Content: &message.Text{Body: strings.Join(message.FromHTML(in.HTML), "\n\n")}}
	if in.Template != "" {
		answer.Content, answer.Template = nil, &channel.Template{Name: in.Template, Values: in.Values}
	}
	err = sqlstore.InTx(r.Context(), h.db, func(ctx context.Context, tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `UPDATE ticket SET status = CASE WHEN $1 THEN 'solved' ELSE 'waiting' END, agent = $2
			WHERE id = $3 RETURNING conversation`, in.Solve, by.ID, r.PathValue("id")).Scan(&answer.Conversation)
		if errors.Is(err, sql.ErrNoRows) {
			return channel.ErrNotFound
		}
		if err != nil {
			return err
		}
		parts, err := h.hub.Split(ctx, answer)
		if err != nil {
			return err
		}
		messages, err := h.hub.ReplyAll(ctx, by, parts)
		for _, m := range messages {
			_, noteErr := tx.ExecContext(ctx, `INSERT INTO entry (id, ticket, seq) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, m.ID, r.PathValue("id"), m.Seq)
			err = errors.Join(err, noteErr)
		}
		sent = messages
		return err
	})
	return sent, err
}
