/** The firmware of a plan in words: images, and what devices do with them. */
import type { FirmwareModel, FirmwareTrouble } from "../simulator/model/firmware.ts";
import { describeTime } from "./describe-time.ts";
import type { FirmwareUpload } from "./firmware-images.ts";

/** `firmware image 0 of version 2.0: 300 bytes` */
export const describeImage = ({ type, version, size }: FirmwareUpload, index: number): string =>
  `firmware image ${index} of version ${version}${type === 0 ? "" : ` for type ${type}`}: ${size} bytes`;

/** `firmware 1.0 by push or pull, its first update stays at Downloading` */
export function describeFirmware(model: FirmwareModel): string {
  const { version, delivery, protocols, downloadTime, installTime } = model;
  const pulls = delivery === "push" ? "" : `, pulls by ${protocols.length === 0 ? "nothing" : protocols.join(" and ")}`;
  const http = delivery !== "push" && protocols.some((scheme) => scheme !== "coap");
  const parts = [
    `firmware ${version} by ${delivery === "both" ? "push or pull" : delivery}${pulls}`,
    `installs in ${describeTime(installTime)}`,
    ...(http ? [`downloads by HTTP in ${describeTime(downloadTime)}`] : []),
    ...(model.httpImage === undefined ? [] : [`gets ${model.httpImage.version} by HTTP`]),
    ...(model.refusesBadPackages ? ["answers 4.00 to bad packages"] : []),
    ...model.defects.map((defect) => DEFECTS[defect]),
    ...model.troubles.flatMap((trouble, index) =>
      trouble.kind === "none" ? [] : [`attempt ${index + 1} ${describeTrouble(trouble)}`],
    ),
  ];
  return parts.join(", ");
}

const DEFECTS: Readonly<Record<FirmwareModel["defects"][number], string>> = {
  "updates-at-any-state": "carries out Execute at any State",
  "forgets-image": "loses its image in a reboot",
};

function describeTrouble(trouble: FirmwareTrouble): string {
  switch (trouble.kind) {
    case "none":
      return "goes well";
    case "download-fails":
      return `ends its download with Result ${trouble.result}`;
    case "stays-downloading":
      return "stays at Downloading";
    case "reboots-in-download":
      return `reboots at block ${trouble.block}`;
    case "installation-fails":
      return `fails to install for cause ${trouble.result}`;
    case "stays-updating":
      return "stays at Updating";
    case "wrong-version":
      return `installs version ${trouble.version}`;
    case "version-too-early":
      return `shows the new version before it is installed${trouble.fails ? ", and then fails" : ""}`;
    case "slow-reboot":
      return `reboots in ${describeTime(trouble.bootTime)}`;
  }
}
