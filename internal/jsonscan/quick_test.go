package jsonscan
import ("testing";"encoding/json";"reflect")
func FuzzQuick(f *testing.F){
 for _,s:=range []string{`{"a":[1,2.5,"x\u00e9\ud83d\ude00",null,true,{"b":{}}],"c":"\xff"}`,`[]`,`"`,`{"a"}`,`[1,]`,`-0.1e+5`,`01`,`1.`,"\"\x01\""} { f.Add([]byte(s)) }
 f.Fuzz(func(t *testing.T,b []byte){
  var want any; werr:=json.Unmarshal(b,&want)
  var got any; gerr:=Unmarshal(b,&got,Any,false)
  if (werr==nil)!=(gerr==nil) { t.Fatalf("%q: std %v, ours %v",b,werr,gerr)}
  if werr==nil && !reflect.DeepEqual(got,want) { t.Fatalf("%q: std %#v ours %#v",b,want,got)}
 })
}
