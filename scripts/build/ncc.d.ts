/** ncc has no types of its own. */
declare module "@vercel/ncc" {
  export default function ncc(input: string, options: Readonly<Record<string, unknown>>): Promise<never>;
}
