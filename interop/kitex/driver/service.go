// The services: the generated description of each with every handler replaced by one function, so that no code is written per
// method. SPDX-License-Identifier: Apache-2.0
package main

import (
	"reflect"

	"github.com/cloudwego/kitex/pkg/serviceinfo"

	"ktkit"

	"ktgen/kitex_gen/conformance/conformance"
	"ktgen/kitex_gen/echo/testservice"
)

// method is what the driver needs to know of one.
type method struct {
	name     string
	mode     serviceinfo.StreamingMode
	oneway   bool
	request  reflect.Type // the structs, not pointers
	response reflect.Type // nil for oneway
	newArgs  func() interface{}
	newRes   func() interface{}
}

func (m *method) streams() bool {
	return m.mode != serviceinfo.StreamingNone && m.mode != serviceinfo.StreamingUnary
}

type service struct {
	info    *serviceinfo.ServiceInfo // for servers and clients alike
	methods map[string]*method
}

// services by the name that docs/drivers.md gives them.
func services() map[string]*service {
	return map[string]*service{
		"echo.TestService":        rewire(testservice.NewServiceInfo()),
		"conformance.Conformance": rewire(conformance.NewServiceInfo()),
	}
}

func rewire(si *serviceinfo.ServiceInfo) *service {
	info := *si
	info.Methods = map[string]serviceinfo.MethodInfo{}
	info.HandlerType = (*interface{})(nil)
	s := &service{&info, map[string]*method{}}
	for name, mi := range si.Methods {
		m := newMethod(name, mi)
		s.methods[name] = m
		var newRes func() interface{}
		if !m.oneway { // NewResult of a oneway method must not be called
			newRes = func() interface{} { return m.result() }
		}
		info.Methods[name] = serviceinfo.NewMethodInfo(handle, func() interface{} { return m.args() }, newRes, m.oneway,
			serviceinfo.WithStreamingMode(m.mode))
	}
	return s
}

func newMethod(name string, mi serviceinfo.MethodInfo) *method {
	m := &method{name: name, mode: mi.StreamingMode(), oneway: mi.OneWay(), newArgs: mi.NewArgs, newRes: mi.NewResult}
	m.request = reflect.TypeOf(mi.NewArgs()).Elem().Field(0).Type.Elem()
	if !m.oneway {
		m.response = reflect.TypeOf(mi.NewResult()).Elem().Field(0).Type.Elem()
	}
	return m
}

func (m *method) args() *wrapped {
	return &wrapped{tee: tee{fastCodec: m.newArgs().(fastCodec)}, id: 1}
}
func (m *method) result() *wrapped {
	return &wrapped{tee: tee{fastCodec: m.newRes().(fastCodec)}, id: 0}
}

// setThrown puts a declared exception into a result. False when the method declares no such one.
func setThrown(w *wrapped, t *kit.Thrown) (bool, error) {
	v := reflect.ValueOf(w.fastCodec).Elem()
	for i := 1; i < v.NumField(); i++ {
		if v.Field(i).Type().Elem().Name() != t.Name {
			continue
		}
		e, err := encode(t.Message, v.Field(i).Type().Elem())
		if _, bytes := e.(*raw); bytes || err != nil {
			return true, err
		}
		v.Field(i).Set(reflect.ValueOf(e))
		return true, nil
	}
	return false, nil
}

// thrown finds the declared exception of a result.
func thrown(w *wrapped) (string, reflect.Value) {
	v := reflect.ValueOf(w.fastCodec).Elem()
	for i := 1; i < v.NumField(); i++ {
		if f := v.Field(i); !f.IsNil() {
			return f.Type().Elem().Name(), f
		}
	}
	return "", reflect.Value{}
}

// exceptionType finds a declared exception by name in any method, for the modes that can only return it as an error.
func (s *service) exceptionType(name string) reflect.Type {
	for _, m := range s.methods {
		if m.oneway {
			continue
		}
		t := reflect.TypeOf(m.newRes()).Elem()
		for i := 1; i < t.NumField(); i++ {
			if e := t.Field(i).Type.Elem(); e.Name() == name {
				return e
			}
		}
	}
	return nil
}
