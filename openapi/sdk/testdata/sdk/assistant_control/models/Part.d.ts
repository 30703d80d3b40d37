export type Part = {
    kind: 'lens';
} & Lens | {
    kind: 'wick';
} & Wick;
