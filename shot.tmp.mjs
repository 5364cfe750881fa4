import { chromium } from "playwright-core";
const [name, width, scheme]=process.argv.slice(2);
const b=await chromium.launch({executablePath:"/usr/bin/chromium",args:["--no-sandbox","--disable-gpu"]});
const p=await b.newPage({colorScheme:scheme,viewport:{width:+width,height:1000}});
await p.goto("file:///work/wt/learn/build/notebooks/"+name+".html"); await p.waitForTimeout(1500);
const h=await p.evaluate(()=>document.documentElement.scrollHeight);
console.log(h);
const step=2200; for(let y=0,i=0;y<h;y+=step,i++) await p.screenshot({path:`/tmp/shot-${name.slice(0,2)}-${width}-${scheme}-${i}.png`,fullPage:true,clip:{x:0,y,width:+width,height:Math.min(step,h-y)}});
await b.close();
