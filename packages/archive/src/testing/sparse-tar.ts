import { gunzipSync } from "node:zlib";

/**
 * Archives by GNU tar 1.34, `tar --sparse`, with three files. `many` has thirty pieces of 4096 bytes (A, B, C, ...),
 * one at the start of each 64 KiB, and a hole at its end. `few` has one piece of 3 bytes after a hole of 1 MiB. `after`
 * is not sparse.
 */
const ARCHIVES = {
  "old GNU": [
    "H4sIAAAAAAACA+3Ty27TUBAGYPdN/Aixfeyse6Hcr6FQ2GXR7iBSmgrx9pgiRNpm2kXUgIbvW+QczbH+kcc5X+Zfv1cPbDIaSrlaR9fXbliv/dq3",
    "zbTrq3pW7cDlxWq+rOtquVis7nruvvOtpnN9Ms2ffRvUS1Afbtf3fv5OS9uVdrK5exN0b4LuTdC9GTbX2yC/DfLbIL8N8rsgvwvyuyC/C/JLkF+C",
    "/BLklyC/D/L7IL8P8vsgf9iQv7d+N4M+Q9BnCPpMg/eYBvm//5TrN4Dd2gcAAADSOwAAAADSOwQAAADSOwIAAADSewQAAACkdwwAAACk9xgAAABI",
    "7wkAAACQ3lMAAAAgvWcAAABAes8BAACA9F4AAAAA6b0EAAAA0nsFAAAApPcaAAAASO8NAAAAkN5bAAAAIL13AAAAQHozAAAAIL33AAAAQHonAAAA",
    "QHofAAAAgPQ+AgAAAOmdAgAAAOl9AgAAANL7DAAAAKS3DwAAAKR3AAAAAKR3CAAAAKR3BAAAAKR3fvatemiT0VDK1Tq6uY66tf1Yb/rStlU9q3bg",
    "8mI1X9Z1tVwsVnc9d9/5VtMpwUTKhuls0aC7fbiL78+/a36+Olv+9fvf37j/k74rVT35L+5//u8PAAAAAAAA7MYPgbcBkAAIAgA=",
  ],
  "PAX 0.0": [
    "H4sIAAAAAAACA+3WyW7bRgAGYJ31FH4CYzgcbgcdsrTu6q7udlMCGQgSW4Yoo0mevqzjBo7g2sgAjpHx911IcPiL5E+OyLPl69ldC5M2pYvlZHdZ",
    "p/B+7HJ723TVbO/uz2xyPm6Xm+mQs4cpdnsHh0f749lyM672xxdvV4tq6NrQh/mHQ6fnJ89erZ+/HBd1NY/11aH18fG42i6mRL+beLNdjYsUhnbn",
    "1y4jbdPU7c2x/ppYVVehixm5oZ2u7ONzsY1VSh+fq2PX9iEjN9SxyuglNX3XZPTSxBT7jF6afuhjRi8Xtz2jly6GfsjopevbVGf00jfTE5PRy1B1",
    "TcjoZejrkG7pZbjuuQ6pb7o2I1hVqapiTrAb2tRnBGNqqj5lBC/mfE45ddfGJqeclKarzCmnCV0dc8ppujg9qhnBtu5TyCmnC9OfTU45XTukLqec",
    "vm5CyClnCKFJOeX89z5rrg2G+ewBO1mevrnX77/pRXBl27v16t/HcrYXPuX332a93t60323juxf3mXgEAAAAFO8xAAAAULwnAAAAQPGeAgAAAMX7",
    "AgAAACjelwAAAEDxDgAAAIDifQUAAAAU72sAAACgeN8AAAAAxfsWAAAAKN53AAAAQPG+BwAAAIp3CAAAABTvBwAAAKB4PwIAAADF+wkAAAAo3s8A",
    "AABA8X4BAAAAivcrAAAAULwjAAAAoHi/AQAAAMX7HQAAACjeHwAAAEDx/gQAAACK9xcAAABQvEcAAABA8R4DAAAAxXsCAAAAFO8pAAAAULyz5evZ",
    "XQuTNqWL5WR3GWKq3q+/2942bTPbu/szm5yP2+VmOuTsYYrd3sHh0f54ttyMq/3xxdvVogqpb7phHturQ6fnJ89erZ+/HBdxHoerI+vj43G1vYy1",
    "89jsxt5sV+Oivik1/F8qzGfcpePV3/c+/0OoP5z/VdVUcbYXPuX836zX25v2u2189+Lcfz4Dy+PtanPv87/Zmf8x1Mn8L+X+AwAAAHB//gGAfCwR",
    "AAgCAA==",
  ],
  "PAX 0.1": [
    "H4sIAAAAAAACA+3Vy1IjNxQAUK/9FXyAy0jd6tfCi3kE8iQPQl47z5SnihqMXTZUJvP104E2BSxmsggkaM7ZSJb6Xkl9LXs9fzd6aKFXp3TV9u63",
    "oSnLm/71eF015Wjv4XfWu9xezDf9kqPPU9HsHR6dTLfr+Wa7mG5P3y9msWvq0Ibx3anzy+Wrs9Xrt9tZGcdFujM1Xy5my/n5X+OyuxOznK9nYZJC",
    "V0/qqirr624sY2iKod/V/VrX/aIuYkrX/bJo6nYILbuyiENsqtqmGmKrIhXtEFu1XVukW0sNsU0R2m6Ibdo6lUNsW/UrD7FdbKowxHZtGdIQG0Nq",
    "q2a36RhTjLtdx6ar0xAei1TFNt0+2y5B2dRFtUuQUh+1S1D1X/pil6Bqin5rw4e6bFPYJWhCf/hdgqbu0s17a8sq7F5c7EKodm9uqN4kjP9R/af7",
    "fb2Or8p1cHq2mMYy1MX+38V8pPvfl+r2b8FVP1axiKO98Jj3f7NaXXzsuU/N3z/cE/EMAAAAyN5zAAAAIHsvAAAAgOy9BAAAALL3BQAAAJC9AwAA",
    "ACB7hwAAAED2vgQAAACy9xUAAACQva8BAACA7H0DAAAAZO9bAAAAIHvfAQAAANk7AgAAALL3PQAAAJC9HwAAAIDs/QgAAABk7ycAAAAge8cAAABA",
    "9n4GAAAAsncCAAAAZO8XAAAAIHu/AgAAANn7DQAAAMje7wAAAED2/gAAAACy9wwAAADI3nMAAAAgey8AAACA7L0EAAAAsreevxs9tNCrU7pqe/fb",
    "EOvipn89Xld1M9p7+J31LrcX802/5OjzVDR7h0cn0+16vtkuptvT94tZDKmtmm5c1Lenzi+Xr85Wr99uZ8W4KO/MzJeL2ZvFn+OyvT28nK+HVPWk",
    "nAxJJ2E84n9kut+X7PiqYgenZ4tpLENd7PfVfMT7H0J59/7H1JRhtBce8/5vVquLjz33qfn7h3si/t1K89TM31wsNv/x/38I1b37X4Qyuf+51B8A",
    "AAAAAHhcHwAkkbCeAAgCAA==",
  ],
  "PAX 1.0": [
    "H4sIAAAAAAACA+3Wy1IbRxQAUK3nK/gC0T3T89BCCz8CeRInhLx2s5Cr5AJESbji+OszgRGlaGFvAobmnE237sztx3TdLl31Hyb3LQyalG7awX4b",
    "Yqru+rfxpm6aycH9r2zwfnPdr4cpJ89TWR4cn5xNN1f9erOYXvTvVut5LPaiy8shGooy7UYv+4vF/KK//Luo4m58vejPN8uPi3mctU3oQjHh8Zoe",
    "Dkd3enNyR8vzxTRWoWkP/z3WB6r/qom7d8FNP9axbCcH4SHrf71aXX/qvc8939/cE1HFIhQpzJqiqeuque3GKoa2HPuzZqji237ZlDGl235Vtk03",
    "plazqoxjbqq7th5z6zKV3Zhbd7OuTDtTjbltGbrZmNt2TarG3K4eZh5zZ7Gtw5g766qQxtwYUle320XHmGLcrjq2syaN6bFMdezS7t62A1RtU9bb",
    "AVIasrYD1KGtyu0AdVsOSxt/NFWXwnaANgyb3w7QNrN09926qg7bDxdnIdTbL7e9Fx/FzfgCAAAAyN5LAAAAIHuvAAAAgOy9BgAAALL3FQAAAJC9",
    "IwAAACB7xwAAAED2vgYAAACy9w0AAACQvW8BAACA7H0HAAAAZO97AAAAIHs/AAAAANk7AQAAALL3IwAAAJC9NwAAAED2fgIAAACy9zMAAACQvVMA",
    "AAAge78AAAAA2TsDAAAAsvcrAAAAkL3fAAAAgOz9DgAAAGTvDwAAACB7fwIAAADZewEAAABk7yUAAACQvVcAAABA9l4DAAAA2bvqP0zuWxg0Kd20",
    "g/02xFTe9W/jTd3Uk4P7X9ng/ea6Xw9TTp6nsjw4Pjmbbq769WYxvejfrdbzWOxFl5dDNBRltRu97C8W87eLv4oq7obXi/58s/y4mMeQurqdFRMe",
    "senhcHanN0d3tDxfTGMVmvZwONaHq/8YQvXf+o+prZrJQXjI+l+vVtefeu9zz/c391Tqv7it06aoim3FBjX7bPy/lc5T07+9Xqy/8P+/EOq9+78M",
    "VXL/53L+AAAAAMCX8Q+T7WZjAAgCAA==",
  ],
} as const;

export type SparseForm = keyof typeof ARCHIVES;

export const SPARSE_FORMS = Object.keys(ARCHIVES) as SparseForm[]; // Its own keys.

export function sparseTar(form: SparseForm): Buffer {
  return gunzipSync(Buffer.from(ARCHIVES[form].join(""), "base64"));
}

/** The whole content of `many`, as `tar` unpacks it. */
export function manyPieces(): Buffer {
  const content = Buffer.alloc(30 * 65_536 + 10_000);
  for (let piece = 0; piece < 30; piece += 1) content.fill(0x41 + (piece % 26), piece * 65_536, piece * 65_536 + 4096);
  return content;
}
