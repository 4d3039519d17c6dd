package randc

import (
	"fmt"
	"strings"
)

// properties draws up to four.
func (g *gen) properties() {
	for range 1 + g.upTo(4) {
		g.property()
	}
}

func (g *gen) property() {
	kind := pick(g, []choice[string]{{8, "INVARIANT"}, {4, "AT_REST"}, {4, "CAN_REST"}, {3, "COVER"}, {1, "EVENTUALLY"}, {1, "LEADS_TO"}})
	name := g.name("P")
	if len(g.vars) > 0 && g.often(4) { // the names of properties and of variables are apart
		name = one(g, g.vars).name
		if i := strings.LastIndexAny(name, ".>"); i >= 0 {
			name = name[i+1:]
		}
		name = bare(name)
		for _, old := range g.names() {
			if old == name {
				name = g.name("P")
			}
		}
	}
	c := &ctx{prop: true, noWait: true, ind: 1}
	none := 0
	switch {
	case kind == "COVER" && g.often(25):
		fmt.Fprintf(&g.b, "SITUATION(%s, \"\", \"\")\n{\n", name)
	case strings.HasPrefix(name, "P") && g.often(6):
		fmt.Fprintf(&g.b, "NOT_PROMISED(%s, %s, \"\", \"\")\n{\n", kind, name)
	default:
		fmt.Fprintf(&g.b, "%s(%s, \"\", \"\")\n{\n", kind, name)
	}
	if kind == "LEADS_TO" {
		g.line(c, "FROM(%s);", g.boolx(c, &none, 1))
	}
	if kind != "LEADS_TO" && g.often(30) {
		g.line(c, "WHEN(%s);", g.boolx(c, &none, 1))
	} else if g.often(30) {
		var can []*lock
		for _, l := range g.locks {
			if l.owner == nil {
				can = append(can, l)
			}
		}
		if len(can) > 0 {
			g.line(c, "WHEN_FREE(%s);", g.index(c, one(g, can).name))
		}
	}
	if len(g.pools) > 0 && g.often(30) {
		g.loopProperty(c, one(g, g.pools))
	} else if g.hasFields(g.tasks) && g.often(40) {
		g.loopProperty(c, g.tasks)
	} else {
		g.line(c, "return %s;", g.boolx(c, &none, 2))
	}
	g.b.WriteString("}\n\n")
}

func (g *gen) names() []string {
	var out []string
	for _, l := range strings.Split(g.b.String(), "\n") {
		if i := strings.Index(l, "(P"); i > 0 {
			continue
		}
		for _, k := range []string{"INVARIANT(", "AT_REST(", "CAN_REST(", "COVER(", "EVENTUALLY(", "LEADS_TO(", "SITUATION("} {
			if rest, ok := strings.CutPrefix(l, k); ok {
				n, _, _ := strings.Cut(rest, ",")
				out = append(out, n)
			}
		}
	}
	return out
}

func (g *gen) hasFields(p *pool) bool {
	for _, v := range g.vars {
		if v.owner == p {
			return true
		}
	}
	return false
}

// loopProperty draws a property that looks at all objects that exist.
func (g *gen) loopProperty(c *ctx, p *pool) {
	q := g.name("q")
	none := 0
	g.line(c, "struct %s *%s;", p.tag, q)
	d := c.child()
	d.locals = append(d.locals, local{name: q, t: p.ptr()})
	d.nonnull = append(d.nonnull, q)
	switch g.upTo(3) {
	case 0:
		g.line(c, "for_each(%s, %s)", p.tag, q)
		g.line(d, "if (%s)", g.boolx(d, &none, 1))
		g.line(d, "\treturn %s;", one(g, []string{"false", "true"}))
		g.line(c, "return %s;", one(g, []string{"true", "false"}))
	case 1:
		n := g.name("n")
		g.line(c, "u4 %s = 0;", n)
		g.line(c, "for_each(%s, %s)", p.tag, q)
		g.line(d, "if (%s)", g.boolx(d, &none, 1))
		g.line(d, "\t%s++;", n)
		g.line(c, "return %s %s %d;", n, one(g, comparisons), g.upTo(3))
	default:
		n := g.name("b")
		g.line(c, "bool %s = %s;", n, g.boolx(c, &none, 0))
		g.line(c, "for_each(%s, %s) {", p.tag, q)
		g.line(d, "if (%s)", g.boolx(d, &none, 1))
		g.line(d, "\tcontinue;")
		g.line(d, "%s = %s;", n, g.boolx(d, &none, 1))
		if g.often(30) {
			g.line(d, "break;")
		}
		g.line(c, "}")
		g.line(c, "return %s;", n)
	}
}

// observations returns expressions over the globals, each of which a property may hold.
func (g *gen) observations() []string {
	var out []string
	var expand func(path string, t typ)
	expand = func(path string, t typ) {
		if i := strings.IndexByte(path, '#'); i >= 0 {
			for k := range int(path[i+1] - '0') {
				expand(path[:i]+fmt.Sprint(k)+path[i+2:], t)
			}
			return
		}
		switch t.k {
		case kBool, kInt:
			out = append(out, path)
		case kEnum:
			for _, e := range t.enum.names {
				out = append(out, "("+path+" == "+e+")")
			}
		case kPtr:
			out = append(out, "("+path+" == NULL)")
			for _, v := range g.vars {
				if v.owner == t.pool && t.pool != nil && v.t.k <= kInt && !strings.Contains(v.name, "#") && !t.pool.task && v.ann != once {
					out = append(out, fmt.Sprintf("(%s ? %s->%s + 0 : 0)", path, path, v.name))
				}
			}
		case kSet:
			out = append(out, "set_empty(&"+path+")")
		case kList:
			out = append(out, "list_empty(&"+path+")")
		}
	}
	for _, v := range g.vars {
		if v.owner == nil {
			expand(v.name, v.t)
		}
	}
	return out
}
