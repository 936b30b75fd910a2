/**
 * What devices by other authors sent to `serve` on 2026-11-23, datagram by datagram: their Register, and their answers to
 * tasks. docs/real-devices.md says how each was run. Bytes only; whoever wants to know more runs the device itself.
 */

export interface RecordedExchange {
  /** Of the task. */
  readonly type: "R" | "W" | "E";
  /** Resource of the device object; empty: the whole of it. */
  readonly name: string;
  /** Our request, hex, from its options on: behind type, code, message id and a token of four bytes. */
  readonly request: string;
  /** The device's datagram, hex, whole; message id and token are those of then. */
  readonly answer: string;
  /** What became of the device task. */
  readonly outcome: string;
}

export interface RecordedDevice {
  readonly client: string;
  readonly endpoint: string;
  /** The datagram, hex. */
  readonly register: string;
  readonly version: string;
  readonly queueMode: boolean;
  readonly exchanges: readonly RecordedExchange[];
  /** The device object in the mirror afterwards. */
  readonly mirror: unknown;
}

export const RECORDED_DEVICES: readonly RecordedDevice[] = [
  {
    client: "Wakaama, its example client",
    endpoint: "cap-wakaama",
    register:
      "44027b7a7a7b760cb272641128396c776d326d3d312e300d0165703d6361702d77616b61616d6103623d55066c743d333030ff3c2f3e3b72743d226f6d612e6c776d326d223b63743d31313534332c3c2f312f303e2c3c2f322f303e2c3c2f332f303e2c3c2f342f303e2c3c2f352f303e2c3c2f362f303e2c3c2f372f303e2c3c2f33313032342f31303e2c3c2f33313032342f31313e2c3c2f33313032342f31323e",
    version: "1.0",
    queueMode: false,
    exchanges: [
      {
        type: "R",
        name: "manufacturer",
        request: "b13301300130",
        answer: "644554ee15abf762c22d16ffc800144f70656e204d6f62696c6520416c6c69616e6365",
        outcome: "SUCCEEDED",
      },
      {
        type: "R",
        name: "powerSourceVoltage",
        request: "b13301300137",
        answer: "644554efbd9ced78c22d16ff88070842000ed842011388",
        outcome: "SUCCEEDED",
      },
      {
        type: "R",
        name: "currentTime",
        request: "b1330130023133",
        answer: "644554f060bc0eb1c22d16ffc80d0800000000bc864f0d",
        outcome: "SUCCEEDED",
      },
      {
        type: "R",
        name: "",
        request: "b1330130622d16",
        answer:
          "644554f191d08c15c22d16ffc800144f70656e204d6f62696c6520416c6c69616e6365c801164c69676874776569676874204d324d20436c69656e74c80209333435303030313233c303312e30860641000141010588070842000ed842011388870841007d42010384c10964c10a0f830b410000c80d0800000000bc864f0dc60e2b30313a3030c80f0d4575726f70652f4265726c696ec11055",
        outcome: "SUCCEEDED",
      },
      {
        type: "W",
        name: "utcOffset",
        request: "b133013002313410ff2b30323a3030",
        answer: "644454f22de84095",
        outcome: "SUCCEEDED",
      },
      { type: "E", name: "reboot", request: "b13301300134", answer: "644454f37bf886e4", outcome: "SUCCEEDED" },
    ],
    mirror: {
      manufacturer: "Open Mobile Alliance",
      powerSourceVoltage: [3800, 5000],
      currentTime: 3162918669000,
      modelNumber: "Lightweight M2M Client",
      serialNumber: "345000123",
      firmwareVersion: "1.0",
      availablePowerSources: [1, 5],
      powerSourceCurrent: [125, 900],
      batteryLevel: 100,
      memoryFree: 15,
      errorCode: [0],
      utcOffset: "+02:00",
      timezone: "Europe/Berlin",
      supportedBindingAndModes: "U",
    },
  },
  {
    client: "Leshan 1.5.0",
    endpoint: "cap-leshan1",
    register:
      "48025970c013ae589fd13c5eb27264112833623d55096c776d326d3d312e30066c743d3330300d0165703d6361702d6c657368616e31ff3c2f3e3b72743d226f6d612e6c776d326d222c3c2f312f303e2c3c2f332f303e2c3c2f352f303e",
    version: "1.0",
    queueMode: false,
    exchanges: [
      {
        type: "R",
        name: "manufacturer",
        request: "b13301300130",
        answer: "6445091a0b89ed29c22d16ffc8000e45636c69707365204c657368616e",
        outcome: "SUCCEEDED",
      },
      {
        type: "R",
        name: "powerSourceVoltage",
        request: "b13301300137",
        answer: "6445091bc73b53cac22d16ff88070842000ed842031388",
        outcome: "SUCCEEDED",
      },
      {
        type: "R",
        name: "currentTime",
        request: "b1330130023133",
        answer: "6445091cf4630c6cc22d16ffc40d6b040c7f",
        outcome: "SUCCEEDED",
      },
      {
        type: "R",
        name: "",
        request: "b1330130622d16",
        answer:
          "6445091d6d973a2ac22d16ffc8000e45636c69707365204c657368616ec8010d6c657368616e2d636c69656e74c40230303031c503312e302e30860641000141030588070842000ed842031388c1094dc40a0001e240830b410000c40d6b040c7fc30e2b3031c80f0d4575726f70652f5669656e6e61c11055c8110b546865726d6f6d65746572c415000f4240",
        outcome: "SUCCEEDED",
      },
      {
        type: "W",
        name: "utcOffset",
        request: "b133013002313410ff2b30323a3030",
        answer: "6444091ebdc8ae02",
        outcome: "SUCCEEDED",
      },
      { type: "E", name: "reboot", request: "b13301300134", answer: "6444091f7debba8d", outcome: "SUCCEEDED" },
    ],
    mirror: {
      manufacturer: "Eclipse Leshan",
      powerSourceVoltage: [3800, 5000],
      currentTime: 1795427455000,
      modelNumber: "leshan-client",
      serialNumber: "0001",
      firmwareVersion: "1.0.0",
      availablePowerSources: [1, 5],
      batteryLevel: 77,
      memoryFree: 123456,
      errorCode: [0],
      utcOffset: "+02:00",
      timezone: "Europe/Vienna",
      supportedBindingAndModes: "U",
      deviceType: "Thermometer",
      memoryTotal: 1000000,
    },
  },
  {
    client: "Leshan 2.0.0-M18",
    endpoint: "cap-leshan2",
    register:
      "4802ce79f8b22eccaa7ef75db272641128315103623d55096c776d326d3d312e31066c743d3330300d0165703d6361702d6c657368616e32ff3c2f3e3b72743d226f6d612e6c776d326d223b63743d2236302031313020313132203131353432203131353433222c3c2f312f303e2c3c2f333e3b7665723d312e322c3c2f332f303e2c3c2f353e3b7665723d312e312c3c2f352f303e",
    version: "1.1",
    queueMode: true,
    exchanges: [
      {
        type: "R",
        name: "manufacturer",
        request: "b13301300130",
        answer: "6445e590553a9881c22d16ffc8000e45636c69707365204c657368616e",
        outcome: "SUCCEEDED",
      },
      {
        type: "R",
        name: "powerSourceVoltage",
        request: "b13301300137",
        answer: "6445e59130580af1c22d16ff88070842000ed842031388",
        outcome: "SUCCEEDED",
      },
      {
        type: "R",
        name: "currentTime",
        request: "b1330130023133",
        answer: "6445e5929dca7e61c22d16ffc40d6b040c7f",
        outcome: "SUCCEEDED",
      },
      {
        type: "R",
        name: "",
        request: "b1330130622d16",
        answer:
          "6445e593b05e836cc22d16ffc8000e45636c69707365204c657368616ec8010d6c657368616e2d636c69656e74c40230303031c503312e302e30860641000141030588070842000ed842031388c1094dc40a0001e240830b410000c40d6b040c7fc30e2b3031c80f0d4575726f70652f5669656e6e61c11055c8110b546865726d6f6d65746572c415000f4240",
        outcome: "SUCCEEDED",
      },
      {
        type: "W",
        name: "utcOffset",
        request: "b133013002313410ff2b30323a3030",
        answer: "6444e594170a1116",
        outcome: "SUCCEEDED",
      },
      { type: "E", name: "reboot", request: "b13301300134", answer: "6444e595cba8a26e", outcome: "SUCCEEDED" },
    ],
    mirror: {
      manufacturer: "Eclipse Leshan",
      powerSourceVoltage: [3800, 5000],
      currentTime: 1795427455000,
      modelNumber: "leshan-client",
      serialNumber: "0001",
      firmwareVersion: "1.0.0",
      availablePowerSources: [1, 5],
      batteryLevel: 77,
      memoryFree: 123456,
      errorCode: [0],
      utcOffset: "+02:00",
      timezone: "Europe/Vienna",
      supportedBindingAndModes: "U",
      deviceType: "Thermometer",
      memoryTotal: 1000000,
    },
  },
  {
    client: "lwm2m-node-lib 1.4.0",
    endpoint: "cap-telefonica",
    register:
      "440263e8adfea023b272644d0465703d6361702d74656c65666f6e696361066c743d333030096c776d326d3d312e3003623d55ff3c2f332f303e2c3c2f312f303e",
    version: "1.0",
    queueMode: false,
    exchanges: [
      {
        type: "R",
        name: "manufacturer",
        request: "b13301300130",
        answer: "6445e6318433b8bdff54656c65666f6e696361",
        outcome: "SUCCEEDED",
      },
      {
        type: "R",
        name: "powerSourceVoltage",
        request: "b13301300137",
        answer: "6484e632944db8f1",
        outcome: "FAILED 4040 Resource is not found",
      },
      {
        type: "R",
        name: "currentTime",
        request: "b1330130023133",
        answer: "6445e633d720e37dff31373030303030303030",
        outcome: "SUCCEEDED",
      },
    ],
    mirror: { manufacturer: "Telefonica", currentTime: 1700000000000 },
  },
  {
    client: "a device on aiocoap 0.4.17",
    endpoint: "cap-aiocoap",
    register:
      "42025619e298b2726411283d0165703d6361702d61696f636f6170056c743d3630096c776d326d3d312e3103623d55ff3c2f3e3b72743d226f6d612e6c776d326d223b63743d31313534322c3c2f312f303e2c3c2f332f303e2c3c2f352f303e",
    version: "1.1",
    queueMode: false,
    exchanges: [
      {
        type: "R",
        name: "manufacturer",
        request: "b13301300130",
        answer: "64451250c687fe0cc0ff61696f636f6170",
        outcome: "SUCCEEDED",
      },
      {
        type: "R",
        name: "powerSourceVoltage",
        request: "b13301300137",
        answer: "64841251517b4f91",
        outcome: "FAILED 4040 Resource is not found",
      },
      {
        type: "R",
        name: "currentTime",
        request: "b1330130023133",
        answer: "64451252243354d0c0ff31373935343237343533",
        outcome: "SUCCEEDED",
      },
      {
        type: "R",
        name: "",
        request: "b1330130622d16",
        answer: "64451253dd4fac58c22d16ffc70061696f636f6170c301502d31c303312e30c10937c40d6b040c7dc30f555443",
        outcome: "SUCCEEDED",
      },
      {
        type: "W",
        name: "utcOffset",
        request: "b133013002313410ff2b30323a3030",
        answer: "6484125446ac5dfd",
        outcome: "FAILED 4040 Resource is not found",
      },
      { type: "E", name: "reboot", request: "b13301300134", answer: "64441255f849a102", outcome: "SUCCEEDED" },
    ],
    mirror: {
      manufacturer: "aiocoap",
      currentTime: 1795427453000,
      modelNumber: "P-1",
      firmwareVersion: "1.0",
      batteryLevel: 55,
      timezone: "UTC",
    },
  },
];
