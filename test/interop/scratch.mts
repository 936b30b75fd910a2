import CoapNode from "coap-node";
import SmartObject from "smartobject";
import { startServer } from "../../src/reference-server/adapters/serve.ts";
import { EMPTY_PROFILE } from "../../src/protocol/profile.ts";
const server = await startServer({ profile: EMPTY_PROFILE, open: true });
console.log(server.http, server.coap);
const so = new SmartObject();
const node = new CoapNode("thermo", so, { lifetime: 300, manuf: "Acme" });
let tz = "Europe/Vienna"; const reboots=[];
so.init("device",0,{...so.dumpSync("device",0), timezone: { read: (cb)=>cb(null,tz), write:(v,cb)=>{tz=v;cb(null,v)} },
reboot:{ exec: (...a)=>{ reboots.push(a.slice(0,-1)); a.at(-1)(null,'x'); } },
UTCOffset: "+01:00", currTime: 1700000000});
node.on("error",(e)=>console.log("node error",e));
const port = Number(new URL(server.coap).port);
const t0=Date.now();
const reg = await new Promise((ok,ko)=>node.register("127.0.0.1",port,(e,m)=>e?ko(e):ok(m)));
console.log(Date.now()-t0, reg, node.locationPath, node.port);
const task = async (body)=>{
 const r = await (await fetch(server.http+"/devicemgmt/tasks",{method:"POST",headers:{"content-type":"application/json"},body:JSON.stringify({dtid:"default",dids:["thermo"],...body})})).json();
 if(!r.data) { console.log(r); return; }
 for(let i=0;i<200;i++){ const s = await (await fetch(server.http+"/devicemgmt/tasks/"+r.data.id+"/statuses")).json(); if(s.data.status==="COMPLETE"||i==199){console.log(body.taskType, body.property, JSON.stringify(s.data.statuses));return;} await new Promise(r=>setTimeout(r,30)); }
};
for (const p of ["manufacturer","timezone","currentTime","availablePowerSources","powerSourceVoltage","memoryFree"]) await task({taskType:"R",property:"deviceProperties.device."+p});
await task({taskType:"R",property:"deviceProperties.device"});
await task({taskType:"W",property:"deviceProperties.device.timezone",taskParameters:{value:"Asia/Seoul"}});
await task({taskType:"W",property:"deviceProperties.device.timezone",taskParameters:{value:""}});
await task({taskType:"W",property:"deviceProperties.device.currentTime",taskParameters:{value:"1700000001"}});
await task({taskType:"W",property:"deviceProperties.device.manufacturer",taskParameters:{value:"x"}});
console.log(tz, so.dumpSync("device",0));
await task({taskType:"E",property:"deviceProperties.device.reboot"});
await task({taskType:"E",property:"deviceProperties.device.factoryReset"});
await task({taskType:"E",property:"deviceProperties.device.manufacturer"});
await task({taskType:"R",property:"deviceProperties.device.reboot"});
console.log(reboots);
console.log(JSON.stringify(await (await fetch(server.http+"/devicemgmt/devices/thermo/properties")).json()));
console.log("update", await new Promise((ok,ko)=>node.update({lifetime:200},(e,m)=>e?ko(e):ok(m))), node.port);
await task({taskType:"R",property:"deviceProperties.device.timezone"});
console.log("dereg", await new Promise((ok,ko)=>node.deregister((e,m)=>e?ko(e):ok(m))));
await server.close();
console.log("closed"); setTimeout(()=>process.exit(),200);
