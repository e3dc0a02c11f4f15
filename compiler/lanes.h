// What the translated model stands on: W numbers side by side, chosen between, gathered, kept.
// Plain C with the vector extensions that clang and gcc share. Nothing here is contracted or reordered.

typedef double f64;
typedef long long i64;
typedef unsigned long long u64;
typedef unsigned char u8;
typedef __SIZE_TYPE__ size_t;
typedef f64 vf __attribute__((vector_size(8 * W)));
typedef i64 vi __attribute__((vector_size(8 * W)));
typedef vf vf_near __attribute__((aligned(8), may_alias));
typedef vi vi_near __attribute__((aligned(8), may_alias));

#define NAN __builtin_nan("")
#define ZEROS ((vi){0})
#define ALL (~ZEROS)
#define IN static inline __attribute__((always_inline, unused))
#define EACH for (int k = 0; k < W; k++)
#ifdef __wasm__
#define PUBLIC(name) __attribute__((export_name(name)))
#define THREAD
#define GIVEN void  // an argument would cost who calls from Python as much as a small organisation
#define TABLE ((i64 *)(((size_t)&__heap_base + 63) & ~(size_t)63))
extern u8 __heap_base;
#else
#define PUBLIC(name) __attribute__((visibility("default")))
#define THREAD _Thread_local
#define GIVEN i64 *given
#define TABLE given
#endif
#define ENTRY(name) ENTRY_OF(name, W)
#define ENTRY_OF(name, w) ENTRY_NAMED(name, w)
#define ENTRY_NAMED(name, w) PUBLIC(#name "_" #w) void name##_##w(GIVEN)

typedef struct { f64 *p; i64 n0, n1, n2, n3; } array_f64;
typedef struct { i64 *p; i64 n0, n1, n2, n3; } array_i64;
typedef struct { u64 *p; i64 n0, n1, n2, n3; } array_u64;
typedef struct { u8 *p; i64 n0, n1, n2, n3; } array_u8;

static THREAD char *heap;  // where there is room

IN void *room(i64 bytes) {
  char *found = heap;
  heap += (bytes + 63) & ~63ll;
  return found;
}

// The numbers of all lanes, side by side somewhere.
IN vf near_f(const f64 *p) { return *(const vf_near *)p; }
IN vi near_i(const i64 *p) { return *(const vi_near *)p; }
IN vi near_b(const i64 *p) { return *(const vi_near *)p; }
IN void keep_f(f64 *p, vf x) { *(vf_near *)p = x; }
IN void keep_i(i64 *p, vi x) { *(vi_near *)p = x; }
IN void keep_b(i64 *p, vi x) { *(vi_near *)p = x; }

// One number in every lane.
IN vf all_of_f(f64 x) { return x - (vf){0}; }
IN vi all_of_i(i64 x) { return x + (vi){0}; }
IN vi all_of_b(i64 x) { return -(i64)(x != 0) + (vi){0}; }

// Yes and no are all ones and all zeros.
IN vf choose_f(vi yes, vf a, vf b) { return (vf)(((vi)a & yes) | ((vi)b & ~yes)); }
IN vi choose_i(vi yes, vi a, vi b) { return (a & yes) | (b & ~yes); }
IN vi choose_b(vi yes, vi a, vi b) { return (a & yes) | (b & ~yes); }
IN int any(vi yes) {
#ifdef __clang__
  return __builtin_reduce_or(yes) != 0;
#else
  i64 found = 0;
  EACH found |= yes[k];
  return found != 0;
#endif
}

// Indices that differ between lanes, or may; lanes that are not asked read and write nothing.
IN int same(vi at, vi yes) { return W > 1 && !any(~yes | (at != all_of_i(at[0]))); }
#define GATHER(kind, row, one)                                                              \
  IN row gather_##kind(const one *p, vi at, vi yes) {                                       \
    if (same(at, yes)) return near_##kind(p + at[0] * W);                                   \
    row found = {0};                                                                        \
    EACH if (yes[k]) found[k] = p[at[k] * W + k];                                           \
    return found;                                                                           \
  }                                                                                         \
  IN void scatter_##kind(one *p, vi at, row x, vi yes) {                                    \
    if (same(at, yes)) keep_##kind(p + at[0] * W, x);                                       \
    else EACH if (yes[k]) p[at[k] * W + k] = x[k];                                          \
  }
GATHER(f, vf, f64)
GATHER(i, vi, i64)
GATHER(b, vi, i64)
#define LOOK_UP(kind, row, one)                                                             \
  IN row look_up_##kind(const one *p, vi at, vi yes) {                                      \
    if (same(at, yes)) return all_of_##kind(p[at[0]]);                                      \
    row found = {0};                                                                        \
    EACH if (yes[k]) found[k] = p[at[k]];                                                   \
    return found;                                                                           \
  }
LOOK_UP(f, vf, f64)
LOOK_UP(i, vi, i64)
IN vi look_up_b(const u8 *p, vi at, vi yes) {
  vi found = {0};
  EACH if (yes[k]) found[k] = -(i64)(p[at[k]] != 0);
  return found;
}

// Python's min and max: the first of two that are equal.
IN f64 least_f64(f64 a, f64 b) { return b < a ? b : a; }
IN f64 most_f64(f64 a, f64 b) { return b > a ? b : a; }
IN i64 least_i64(i64 a, i64 b) { return b < a ? b : a; }
IN i64 most_i64(i64 a, i64 b) { return b > a ? b : a; }
#if defined(__wasm__) && W > 1
typedef f64 pair __attribute__((vector_size(16)));
typedef union { vf row; pair of[W / 2]; } pairs;
IN vf least_vf(vf a, vf b) {
  pairs x = {a}, y = {b};
  for (int k = 0; k < W / 2; k++) x.of[k] = __builtin_wasm_pmin_f64x2(x.of[k], y.of[k]);
  return x.row;
}
IN vf most_vf(vf a, vf b) {
  pairs x = {a}, y = {b};
  for (int k = 0; k < W / 2; k++) x.of[k] = __builtin_wasm_pmax_f64x2(x.of[k], y.of[k]);
  return x.row;
}
#else
IN vf least_vf(vf a, vf b) { return choose_f((vi)(b < a), b, a); }
IN vf most_vf(vf a, vf b) { return choose_f((vi)(b > a), b, a); }
#endif
IN vi least_vi(vi a, vi b) { return choose_i((vi)(b < a), b, a); }
IN vi most_vi(vi a, vi b) { return choose_i((vi)(b > a), b, a); }

IN f64 size_f64(f64 x) { return __builtin_fabs(x); }
IN vf size_vf(vf x) { return (vf)((vi)x & 0x7fffffffffffffffll); }

// x 2^n, neither too small nor too large; to the nearest whole number, halves to the even one.
IN vf scaled_vf(vf x, vi n) { return (vf)((vi)x + (n << 52)); }
IN f64 scaled_f64(f64 x, i64 n) { return scaled_vf(all_of_f(x), all_of_i(n))[0]; }
IN i64 nearest_i64(f64 x) { return (i64)(x + 0x1.8p52 - 0x1.8p52); }
IN vi nearest_vi(vf x) { return __builtin_convertvector(x + 0x1.8p52 - 0x1.8p52, vi); }

// Python's // and %, for what divides being positive.
IN i64 rest_one(i64 a, i64 b) { return (a % b + b) % b; }
IN i64 floor_one(i64 a, i64 b) { return (a - rest_one(a, b)) / b; }
IN vi rest_rows(vi a, vi b) { vi r; EACH r[k] = rest_one(a[k], b[k]); return r; }
IN vi floor_rows(vi a, vi b) { vi r; EACH r[k] = floor_one(a[k], b[k]); return r; }
