export const planLines = (_plan: unknown, _width: number): readonly string[] => [];
