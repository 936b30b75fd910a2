/**
 * Firmware images on their way in and out by HTTP: the one path where a body may be no JSON, and larger than others.
 *
 * Source: docs/ota.md; docs/security.md (memory).
 */
import type { Request } from "express";
import { LARGEST_IMAGE } from "../ota/images.ts";
import type { BodyLimits } from "./body-reader.ts";

/** Below the base path. */
const UPLOAD_PATH = /^\/updates\/?(\?|$)/;

/** An image as base64 in JSON is a third larger, and something stands around it. */
export const UPLOAD_LIMITS: BodyLimits = { largest: Math.ceil((LARGEST_IMAGE * 4) / 3) + 64 * 1024, mostLarge: 2 };

/** @param request below the base path */
export const isUpload = ({ method, url }: Request): boolean => method === "POST" && UPLOAD_PATH.test(url);

/** Whether the body is the image itself. */
export const isImage = (request: Request): boolean =>
  isUpload(request) && request.is("application/octet-stream") !== false;

/** The same bytes as a plain array, without a copy. */
export const plainBytes = ({ buffer, byteOffset, length }: Uint8Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, length);
