import zlib,struct,sys
fn,x,y,cw,ch,out=sys.argv[1],*map(int,sys.argv[2:6]),sys.argv[6]
d=open(fn,'rb').read(); pos=8; idat=b''
while pos<len(d):
    n,=struct.unpack('>I',d[pos:pos+4]); t=d[pos+4:pos+8]
    if t==b'IHDR': w,h,bd,ct=struct.unpack('>IIBB',d[pos+8:pos+18])
    if t==b'IDAT': idat+=d[pos+8:pos+8+n]
    pos+=12+n
raw=zlib.decompress(idat); bpp=4 if ct==6 else 3; st=w*bpp
import array
prev=bytearray(st); rows=[]
p=0
for r in range(h):
    f=raw[p]; row=bytearray(raw[p+1:p+1+st]); p+=1+st
    if f==1:
        for i in range(bpp,st): row[i]=(row[i]+row[i-bpp])&255
    elif f==2:
        row=bytearray(map(lambda a,b:(a+b)&255,row,prev))
    elif f==3:
        for i in range(st): row[i]=(row[i]+((row[i-bpp] if i>=bpp else 0)+prev[i])//2)&255
    elif f==4:
        for i in range(st):
            a=row[i-bpp] if i>=bpp else 0; b=prev[i]; c=prev[i-bpp] if i>=bpp else 0
            q=a+b-c; pa,pb,pc=abs(q-a),abs(q-b),abs(q-c)
            row[i]=(row[i]+(a if pa<=pb and pa<=pc else b if pb<=pc else c))&255
    prev=row
    if y<=r<y+ch: rows.append(bytes(row[x*bpp:(x+cw)*bpp]))
    if r>=y+ch: break
raw=b''.join(b'\0'+r for r in rows)
def chk(t,b): return struct.pack('>I',len(b))+t+b+struct.pack('>I',zlib.crc32(t+b)&0xffffffff)
open(out,'wb').write(b'\x89PNG\r\n\x1a\n'+chk(b'IHDR',struct.pack('>IIBBBBB',min(cw,w-x),len(rows),8,ct,0,0,0))+chk(b'IDAT',zlib.compress(raw))+chk(b'IEND',b''))
