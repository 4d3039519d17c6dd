package cmodel

import (
	"strings"

	"modernc.org/cc/v4"

	"mcheck/spec"
)

// Statement is a statement of the program: what a patch can change and a step can execute.
type Statement struct {
	Func     string // as traces name it
	Property bool   // it stands in a property
	Pos      spec.Pos
	End      int    // its last line; of an if, switch or loop that of its head
	Text     string // its lines on one
}

// outline returns the statements of all function bodies, in the order of the text. A declaration
// is one if it has an initialiser.
func (u *unit) outline() []Statement {
	var out []Statement
	for l := u.ast.TranslationUnit; l != nil; l = l.TranslationUnit {
		ed := l.ExternalDeclaration
		if ed.Case != cc.ExternalDeclarationFuncDef {
			continue
		}
		fd := ed.FunctionDefinition
		name := fd.Declarator.Name()
		add := func(from, to cc.Node) {
			s := Statement{Func: displayName(name), Pos: u.pos(from.Position()), Property: isProperty(name)}
			if s.End = u.pos(to.Position()).Line; s.End < s.Pos.Line || s.Pos.File == "" {
				return // a macro of the header
			}
			var text []string
			for l := s.Pos.Line; l <= s.End && l <= len(u.lines[s.Pos.File]); l++ {
				text = append(text, strings.TrimSpace(u.lines[s.Pos.File][l-1]))
			}
			s.Text = strings.Join(text, " ")
			out = append(out, s)
		}
		walkAST(fd.CompoundStatement, func(n cc.Node) bool {
			switch n := n.(type) {
			case *cc.ExpressionStatement:
				if n.ExpressionList != nil {
					add(n, n.Token)
				}
			case *cc.JumpStatement:
				add(n, lastToken(n))
			case *cc.SelectionStatement:
				if !headerKeyword(n.ExpressionList) {
					add(n, n.Token3)
				}
			case *cc.IterationStatement:
				add(n, loopHeadEnd(n))
			case *cc.InitDeclarator:
				if n.Case == cc.InitDeclaratorInit {
					add(n, lastToken(n.Initializer))
				}
			}
			return true
		})
	}
	return out
}

func isProperty(name string) bool {
	for _, k := range propKinds {
		if strings.HasPrefix(name, k.prefix) {
			return true
		}
	}
	return false
}

// headerKeyword reports whether the condition of an if is one that the header's keywords expand
// to: atomic, optional, idle, hangs, ghost.
func headerKeyword(e cc.ExpressionNode) bool {
	p, ok := unparen(e).(*cc.PrimaryExpression)
	return ok && p.Case == cc.PrimaryExpressionIdent && strings.HasPrefix(p.Token.SrcStr(), "__mc_")
}

// loopHeadEnd is where the head of a loop ends; of do … while it is the word do.
func loopHeadEnd(n *cc.IterationStatement) cc.Node {
	switch n.Case {
	case cc.IterationStatementWhile:
		return n.Token3
	case cc.IterationStatementDo:
		return n.Token
	case cc.IterationStatementForDecl:
		return n.Token4
	}
	return n.Token5
}

// lastToken is the last token inside n.
func lastToken(n cc.Node) cc.Node {
	last := n
	line := n.Position().Line
	walkAST(n, func(x cc.Node) bool {
		if p := x.Position(); p.Line > line {
			last, line = x, p.Line
		}
		return true
	})
	return last
}

// Functions returns where the functions that the sources define stand.
func Functions(sources []Source, include func(name string) ([]byte, error)) (map[string]spec.Pos, error) {
	u, err := parse(sources, Options{Include: include})
	if err != nil {
		return nil, err
	}
	out := map[string]spec.Pos{}
	for l := u.ast.TranslationUnit; l != nil; l = l.TranslationUnit {
		if ed := l.ExternalDeclaration; ed.Case == cc.ExternalDeclarationFuncDef {
			d := ed.FunctionDefinition.Declarator
			out[d.Name()] = u.pos(d.Position())
		}
	}
	return out, nil
}
