a
type A = B
(c)
let x = a as T
[b]
f = async <
  T
>(a: T): Promise<
  T
> => a ? (b): c => d : e
class C { get: T
 public ['y'] = 2;
 [k: string]: D }
1 + 2 as T * 3; a < b > c; f<T>=g; x<y<z>>(1)
