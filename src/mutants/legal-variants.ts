/** Every server that is right and yet not the reference server, by id. None of them may be accused of anything. */
import { LEGAL_BEHAVIOUR } from "./legal-behaviour.ts";
import { LEGAL_BLOCKS } from "./legal-blocks.ts";
import { LEGAL_CHOICES } from "./legal-choices.ts";
import { LEGAL_FIRMWARE } from "./legal-firmware.ts";
import { LEGAL_RENDERING } from "./legal-rendering.ts";
import { LEGAL_RESTARTS } from "./legal-restarts.ts";
import { LEGAL_TRANSMISSION } from "./legal-transmission.ts";
import type { LegalVariant } from "./mutant.ts";

export const LEGAL_VARIANTS: readonly LegalVariant[] = [
  ...LEGAL_CHOICES,
  ...LEGAL_BEHAVIOUR,
  ...LEGAL_RENDERING,
  ...LEGAL_TRANSMISSION,
  ...LEGAL_BLOCKS,
  ...LEGAL_RESTARTS,
  ...LEGAL_FIRMWARE,
];

export const variantById = (id: string): LegalVariant | undefined =>
  LEGAL_VARIANTS.find((variant) => variant.id === id);
