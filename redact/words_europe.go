package redact

// A language is one row of the table of words. A cell holds words separated by
// commas, in any case, accents as the language writes them: text without them
// matches too. A word stands for all words that begin with it, and a space in it for
// the end of any such word and what lies before the next, so "kod zabezpiecz" is also
// "kodu zabezpieczającego". In scripts without spaces it may stand anywhere. Marks
// change that:
//
//	word|   only the whole word; of a code: may be another code, too
//	-word   also in the middle or at the end of a word, as in compounds
//	=word   only with these accents
//	+word   of a label: says by itself that a number follows, as "IBAN" does
type language struct {
	name   string
	card   string // what speaks of a payment card
	code   string // what announces a security code
	pin    string // what announces a PIN
	expiry string // what stands before an expiry date
	label  string // what names something else that has a number: an order, a customer
	kind   string // what makes another card of a card, next to it: gift, library
	number string // what says no more than "number"
}

// The words of the European languages. See [language] for how a cell is read.
var europe = []language{
	{
		name: "English",
		card: "card,-card,-creditcard,-debitcard,crad|,cards,credit crd,credit card account,card acc,cc|,ccnum,ccno,pan|,mc|,primary account number,charge it to",
		code: "cvv,-cvv|,cvc,cvv2,cvc2,cid|,cvn,csc|,csv|,cav|,cav2,cve|,cvp|,cvp2,ccv,cvb|,cw2|,security code,security digit,security no,security num,safety code,verification value,verification num,verification no,verification code|,card verification,back says,card code,code|,codes|,back code," +
			"on the back,on back,at the back,from the back,back of the card,back of card,back of it,signature strip,signature panel,last three,last 3,three digits,3 digits,three numbers,3 numbers,three digit,3 digit,four digits on,4 digits on,on the front,back reads,flip side,reverse side,on the reverse",
		pin:    "pin|,pins|,pincode,pin code,pin no,pin num,pin is,passcode,secret number,secret code",
		expiry: "exp|,expiry,expir,exp date,valid,val|,thru,through|,good|,good thru",
		label: "order,+orderid,ordr|,po no,po num,p.o.,booking,reserv,+confirmation,purchase no,purchase id,purchase order,invoice,+inv|,bill no,+ref|,+refs|,+reference,+referance,refno,ref no,ticket,case|,case no,case id,customer,client|,client no,client id,account,acct," +
			"contract,agreement,policy,claim no,claim num,quote no,member no,member id,member num,subscri,permit|,permit no,+serial,+sn|,meter,+mpan,+mprn,+tracking,track no,+awb,+waybill,parcel,shipment,consignment,delivery no,package," +
			"+imei,+imeisv,+iccid,sim no,+isbn,+ean|,+upc|,+gtin,+sku|,+jan|,barcode,bar code,+vin|,+iban,+bic|,sort code,routing,+transaction,+txn,trans id,payment id,payment ref,+arn|,+utr|,+upi|,authori,auth code,approval,merchant,terminal,application," +
			"phone,-phone no,telephone,+tel|,mobile|,mobile no,cell|,cell no,whatsapp,+wa|,+fax|,call|,call me,ring me,text me,passport,driving licen,driver's licen,licence,license,national id,id|,id no,identity no,+ssn,social security,tax id,+vat|,+ein|,+aadhaar,+aadhar,+nin|,+nhs|,insurance no,student no,employee no,staff no,user id,+uuid,+guid,+wamid,msg|,message id," +
			"+clubcard,+railcard,postcard,discard,wildcard,voucher,coupon,promo code,discount code,gift code,door code,gate code,zip code,zip|,post code,postcode,postal code,area code,+otp|,one time,+token,receipt,license key,product key,product code,item no,model no,batch,lot no,deposit slip,page id,+page|,session,log id,request id,+sscc,+imsi,+pnr|,+rma|,asset tag,job no,complaint no,complaint num,enquiry no,enquiry num,inquiry no,inquiry num,incident no,incident num,incident id",
		kind:   "gift,loyalty,member,membership,library,oyster,travel,transport,transit,bus,metro,rail,train,sim,identity,id,student,insurance,health,medical,points,club,reward,rewards,bonus,phone,staff,access,key,parking,ski,gym,membership,store loyalty,nectar,boots advantage,business,sd,memory,graphics,report,score,fuel loyalty,frequent flyer,frequent flier",
		number: "number,num|,numb,nr|,no|,nos|,#,№,n°",
	}, {
		name:   "German",
		card:   "karte,-karte,kreditk,bankk,girocard,girok,ec-k,kartennr,debitk,zahlkarte,kartn,kk-nr",
		code:   "prüfziffer,prüfnummer,prüfnr,prüfzahl,pruefziffer,pruefnummer,pruefnr,-prüfnummer,-prüfziffer,-pruefnummer,-prüfnr,sicherheitscode,-sicherheitscode,sicherheitsnummer,sicherheitszahl,kartenprüf,kontrollziffer,kontrollnummer,cvv-,cvc-,code|,rückseite,rueckseite,auf der rück,hintendrauf,hinten,drei ziffern,3 ziffern,drei zahlen,3 zahlen,letzten drei,letzten 3,dreistellig,vierstellig,sicherheitsnr,prüfz|,kpz|",
		pin:    "pin|,-pin|,pin-code,pincode,pinnummer,pin-nummer,geheimzahl,geheimnummer,geheimcode",
		expiry: "gültig,gueltig,ablauf,läuft ab,laeuft ab,verfall,bis|,gilt bis",
		label: "bestell,auftrag,buchung,reservier,rechnung,+referenz,+vorgang,+aktenzeichen,ticket,kunden,vertrag,mitglied,police,versicher,schaden,+serien,gerät,geraet,zähler,zaehler,+sendung,+paket,+tracking,lieferschein,liefer,versand," +
			"konto,+iban,+blz|,überweis,verwendungszweck,+transaktion,beleg,+matrikel,personal,ausweis,-ausweis|,-ausweisnummer,reisepass,führerschein,steuer,sozialvers,rentenvers,krankenk,+tan|,+otp,telefon,handy,mobil,+tel|,fax,rufnummer,ruf mich,anrufen,artikel,kassenbon,kassenz,barcode,strichcode,gutschein,+plz|,postleit,kennzeichen,fahrgestell,mandat,gläubiger,antrag,angebot,fall",
		kind:   "geschenk,kunden,mitglieds,treue,bonus,payback,bibliothek,büchere,fahr,monats,bahn,versicherten,gesundheits,kranken,ausweis,sim,studenten,park,club,guthaben,gutschein,prepaid-sim,versicherungs,zutritts,schlüssel,visiten,speicher,tank",
		number: "nummer,-nummer,nr|,-nr|,num|,zahl|,kennung,zeichen",
	}, {
		name:   "Dutch",
		card:   "kaart,-kaart,kredietk,bankpas,pas|,pasnummer,betaalpas,creditkaart,betaalkaart",
		code:   "beveiligingscode,veiligheidscode,controlecode,controlegetal,verificatiecode,code|,achterkant,achterop,achterzijde,achteraan,drie cijfers,3 cijfers,laatste drie,laatste 3,veiligheidsnummer,beveiligingsnummer",
		pin:    "pin|,pincode,pin-code,geheime code,toegangscode",
		expiry: "geldig,vervalt,verval,verloopt,vervaldatum,tot|",
		label:  "bestel,order,opdracht,boeking,reserver,+factuur,rekening,referentie,kenmerk,+betalingskenmerk,klant,relatien,contract,lidmaat,lidnummer,polis,dossier,zaak,+serie,meter,+track,zending,pakket,+iban,transactie,telefoon,mobiel,+tel|,+gsm|,bel me,+bsn|,paspoort,rijbewijs,+btw|,+kvk,barcode,streepjescode,waardebon,kortingscode,postcode,kenteken,aanvraag,offerte,ticket",
		kind:   "cadeau,klanten,leden,lidmaatschaps,bonus,spaar,bibliotheek,ov-chip,ov|,reis,sim,identiteits,id|,zorg,verzekerings,studenten,parkeer,club,geschenk,trein,tegoed,punten",
		number: "nummer,-nummer,nr|,-nr|,getal",
	}, {
		name:   "Swedish",
		card:   "kort,-kort|,-kortet,-kortnummer,-kortnr,-kortuppgift,kontokort,betalkort,bankkort,kreditkort,kortnr",
		code:   "säkerhetskod,sakerhetskod,kontrollkod,kontrollsiffr,verifieringskod,cvc-kod,cvv-kod,kod|,koden,baksida,på baksidan,bakpå,tre siffror,tre siffrorna,3 siffror,3 siffrorna,tre sista,sista tre,sista 3,bak på kort,siffrorna bak|",
		pin:    "pin|,pin-kod,pinkod,personlig kod,hemlig kod",
		expiry: "giltig,gäller,utgår,utgångs,går ut,t.o.m|",
		label:  "order,beställning,bestallning,bokning,boknings,faktura,+ocr|,ocr-,+referen,+ref.nr,ärende,arende,kund,medlem,avtal,kontrakt,försäkring,+serie,mätar,matar,+kolli,paket,försändelse,spårning,sparning,+sändning,konto,clearing,+iban,+bankgiro,+plusgiro,+bg|,+pg|,transaktion,+personnummer,+personnr,+orgnr,organisationsnummer,pass|,körkort,telefon,mobil,+tel|,ring mig,streckkod,presentkod,rabattkod,portkod,postnummer,postnr,+kvitto,anläggning,biljett",
		kind:   "present,medlems,kund,bonus,lojalitets,biblioteks,lånekort,buss,rese,sl|,västtrafik,sim,id|,leg,kör,stamkund,klubb,passer,student,parkerings,värde",
		number: "nummer,-nummer,-numret,numret,nr|,-nr|,num|",
	}, {
		name:   "Danish",
		card:   "kort,-kort|,-kortet,-kortnummer,dankort,betalingskort,hævekort,kontokort",
		code:   "sikkerhedskode,kontrolcifre,kontrolciffer,kontrolkode,kontrolnummer,cvc-kode,kode|,koden,bagside,på bagsiden,bagpå,tre cifre,3 cifre,sidste tre,sidste 3,bag på kort,tallene bag|",
		pin:    "pin|,pin-kode,pinkode,hemmelig kode",
		expiry: "udløb,udlob,udløber,gyldig,gælder",
		label:  "ordre,bestilling,booking,reservation,faktura,+reference,sag|,sagsnummer,kunde,medlem,aftale,kontrakt,police,+serie,måler,maaler,pakke,forsendelse,sporing,+track,konto,+regnr,+iban,transaktion,+cpr|,+cpr-,+cvr|,+cvr-,kørekort,telefon,mobil,+tlf|,+tlf.,ring til,stregkode,gavekode,rabatkode,postnummer,postnr,dørkode,+fi-,+kid|,billet",
		kind:   "gave,medlems,kunde,bonus,biblioteks,låner,rejse,bus,sim,id|,sygesikrings,sundheds,køre,klub,studie,rabat,klippe,adgangs",
		number: "nummer,-nummer,nummeret,nr|,-nr|",
	}, {
		name:   "Norwegian",
		card:   "kort,-kort|,-kortet,-kortnummer,kortnr,bankkort,betalingskort",
		code:   "sikkerhetskode,kontrollsiffer,kontrollsifre,kontrollkode,cvc-kode,kode|,koden,bakside,på baksiden,bakpå,tre siffer,tre sifre,3 siffer,tre sifrene,tre tallene,siste tre,siste 3,bak på kort,tallene bak|",
		pin:    "pin|,pin-kode,pinkode,hemmelig kode",
		expiry: "utløp,utlop,utløper,utl|,gyldig,gjelder",
		label:  "ordre,bestilling,booking,reservasjon,faktura,+kid|,+kid-,+referanse,sak|,saksnummer,kunde,medlem,avtale,kontrakt,polise,+serie,måler,pakke,sending,sporing,+sporings,konto,+iban,transaksjon,+fødselsnummer,+personnummer,+orgnr,pass|,førerkort,telefon,mobil,+tlf|,+tlf.,ring meg,strekkode,gavekode,rabattkode,postnummer,postnr,billett",
		kind:   "gave,medlems,kunde,bonus,biblioteks,låne,reise,buss,ruter,sim,id|,fører,klubb,student,adgangs,lojalitets",
		number: "nummer,-nummer,nummeret,nr|,-nr|",
	}, {
		name:   "Icelandic",
		card:   "kort,-kort|,-korti,kreditkort,debetkort,greiðslukort,kortanúmer",
		code:   "öryggiskóði,öryggisnúmer,öryggistala,cvc-kóði,kóði|,kóðinn|,aftan á,bakhlið,þrír tölustaf,þrjár tölur,síðustu þrír",
		pin:    "pin|,pin-númer,pinnúmer,leyninúmer",
		expiry: "gildir,gildistím,rennur út",
		label:  "pöntun,pontun,bókun,bokun,reikning,tilvísun,+kennitala,kt|,samning,viðskiptavin,félag,+rað,mæli,sending,pakka,+rakning,síma,farsím,vegabréf,ökuskírteini,strikamerki,afsláttarkóð,póstnúmer,færslu,mál|",
		kind:   "gjafa,félags,bókasafns,strætó,sim,öku,afsláttar,vildar,skóla",
		number: "númer,-númer,-númerið,nr|",
	}, {
		name:   "Finnish",
		card:   "kortti,-kortti,-kortin,-kortil,-korttini,kortin,korttia,kortill,kortist,korttini,pankkikort,luottokort,maksukort",
		code:   "varmistusnumero,varmistuskoodi,tarkistusnumero,tarkistusluku,tarkiste,turvakoodi,turvaluku,turvanumero,turvallisuuskoodi,cvc-koodi,cvv-koodi,koodi|,koodin|,takana oleva,takapuol,kääntöpuol,takasivu,takana,kolme numeroa,3 numeroa,kolminumeroi,kolme viimeistä,viimeiset kolme,viimeistä numeroa",
		pin:    "pin|,pin-koodi,pinkoodi,tunnusluku,salasana,salaluku,salainen",
		expiry: "voimassa,vanhenee,vanh|,viimeinen voim,päättyy,erääntyy",
		label:  "tilaus,tilauk,varaus,varauk,lasku,+viite,+referenssi,+viitenro,asiakas,asiakkaan,sopimus,sopimuk,jäsen,jasen,vakuutus,vakuutuk,+sarja,mittari,käyttöpaikka,lähety,lahety,paketti,paketin,kolli,+seuranta,+rahtikirja,tili|,tilin|,+tilinumero,+iban,tapahtuma,maksutunnus,+henkilötunnus,+hetu|,+ytunnus,y-tunnus,passi,ajokort,puhelin,puh|,kännykkä,gsm|,soita,numeroni on,viivakoodi,lahjakoodi,alennuskoodi,ovikoodi,postinumero,kuitti,kuitin,lippu,tapaus,tiketti,vahvistus",
		kind:   "lahja,kanta-asiakas,jäsen,bonus,etu,kirjasto,matka,bussi,hsl|,sim,henkilö,ajo,opiskelija,kela,plussa,asiakas,kulku,pysäköinti,lataus",
		number: "numero,-numero,-nro|,nro|,nro.,num|,tunnus,-tunnus",
	}, {
		name:   "Estonian",
		card:   "kaart,-kaart,-kaardi,kaardi,krediitkaar,pangakaar,deebetkaar",
		code:   "turvakood,turvanumber,kontrollkood,kontrollnumber,cvc-kood,kood|,koodi|,tagakülj,taga|,kolm numbrit,3 numbrit,viimased kolm",
		pin:    "pin|,pin-kood,pinkood,salakood",
		expiry: "kehtib,kehtiv,aegub,kehtivus",
		label:  "tellimus,tellimuse,broneering,arve,+viite,klient,kliendi,leping,lepingu,+seeria,arvesti,mõõtja,saadetis,pakk|,paki|,+jälgimis,konto,+iban,tehing,+isikukood,pass|,telefon,mobiil,+tel|,helista,vöötkood,kinkekood,sooduskood,postiindeks,pilet,poliis,liikme",
		kind:   "kinke,kliendi,liikme,püsikliendi,raamatukogu,bussi,sõidu,sim,id|,isiku,boonus,õpilas",
		number: "number,-number,numbri,-numbri,nr|,nr.",
	}, {
		name:   "Latvian",
		card:   "kart,kredītkart,bankas kart,norēķinu kart,maksājumu kart",
		code:   "drošības kod,drosibas kod,pārbaudes kod,cvv kod,cvc kod,kods|,kodu|,aizmugur,otrā pusē,trīs cipari,3 cipari,pēdējie trīs",
		pin:    "pin|,pin kod,pin-kod,slepenais kod",
		expiry: "derīga,deriga,termiņ,termin,līdz|",
		label:  "pasūtījum,pasutijum,rezervācij,rezervacij,rēķin,rekin,atsauc,klient,līgum,ligum,+sērijas,skaitītāj,sūtījum,sutijum,paka|,pakas|,izsekošan,konta,konts|,+iban,darījum,+personas kod,pase|,pases|,tālru,talru,mob|,+tel|,zvan,svītrkod,dāvanu kod,atlaides kod,pasta indeks,polise,biļet",
		kind:   "dāvanu,klienta,biedra,lojalitātes,bibliotēkas,transporta,e-talon,sim,id|,personas,atlaižu,bonusa",
		number: "numur,nr|,nr.",
	}, {
		name:   "Lithuanian",
		card:   "kortel,kredito kort,banko kort,mokėjimo kort",
		code:   "saugos kod,saugumo kod,apsaugos kod,cvv kod,cvc kod,kodas|,kodą|,kitoje pusėje,nugarėl,gale|,trys skaičiai,tris skaičius,3 skaičiai,paskutiniai trys",
		pin:    "pin|,pin kod,pin-kod,slaptas kod,slaptažod",
		expiry: "galioja,galioj,iki|",
		label:  "užsakym,uzsakym,rezervacij,sąskait,saskait,nuorod,klient,pirkėj,sutart,+serijos,skaitikl,siunt,pakuot,sekimo,+iban,operacij,pavedim,+asmens kod,paso|,pasas|,telefon,mobil,+tel|,skambin,brūkšnin,dovanų kod,nuolaidos kod,pašto kod,bilieto,polis",
		kind:   "dovanų,lojalumo,nario,kliento,bibliotekos,transporto,sim,asmens,nuolaidų,mokinio",
		number: "numer,nr|,nr.",
	}, {
		name:   "French",
		card:   "carte,cb|,cartes,carte bleue,carte bancaire,ma cb,numéro cb",
		code:   "cryptogramme,crypto|,code de sécurité,numéro de sécurité,code secu,code sécu,code cvv,code au dos,code de la carte,code dos,code de vérif,code derrière,code|,au dos,au verso,derrière,trois chiffres,3 chiffres,trois derniers,3 derniers,derniers chiffres",
		pin:    "pin|,code pin,code confidenti,code secret,code personnel",
		expiry: "expir,exp|,valable,valide,validité,fin de valid,date d'exp",
		label: "commande,réservation,reserv,facture,+référence,+réf|,+ref.,dossier,client,contrat,abonn,adhérent,police,sinistr,quittance,+bon de,bon cadeau,chèque cadeau,+série,compteur,+pdl|,+prm|,colis,+suivi,envoi,livraison,expédition,bordereau,compte,+rib|,+iban,virement,+transaction,paiement n,+n° de sécu,sécurité sociale,+sécu|,passeport,permis,carte d'identité,+siret,+siren,+tva|,téléphone,telephone,portable,mobile," +
			"+tél|,+tel.,appelle,appelez,code-barres,code barre,bon d'achat,code promo,code cadeau,code postal,code porte,digicode,billet,ticket,devis,demande,matricule,numéro de réclam",
		kind:   "cadeau,fidélité,membre,adhérent,bibliothèque,transport,navigo,métro,bus,sim,identité,vitale,étudiant,séjour,grise,club,jeune,abonnement,mutuelle,parking,électeur,visite,avantage,réduction",
		number: "numéro,num|,n°,nº,n|,no|",
	}, {
		name:   "Spanish",
		card:   "tarjeta,targeta,tarj|,tc|,tdc|,plástico,tarjeta bancaria",
		code:   "código de seguridad,cod de seg,codigo seg,código de verif,código de la tarjeta,código de trás,código de atrás,código ese de,clave de seguridad,número de seguridad,dígito verif,código|,cod|,reverso,de atrás,por atrás,detrás,parte trasera,tres números,tres dígitos,3 números,3 dígitos,tres últimos,últimos tres,ultimos 3,tres cifras",
		pin:    "pin|,clave|,clave secreta,clave del cajero,clave de la,nip|,número secreto,código secreto,contraseña,numero pin,código pin",
		expiry: "venc,vence,vto|,caduc,expira,válida,valida hasta,exp|",
		label: "pedido,orden|,orden de,orden de compra,órdenes,compra n,reserva,localizador,factura,boleta,recibo,+referencia,+ref|,+folio,caso|,cliente,contrato,socio,afiliado,póliza,siniestro,+serie,medidor,contador,suministro,+cups|,+guía,+guia,+rastreo,+seguimiento,envío,paquete,cuenta,+clabe,+cbu|,+cvu|,+iban,+transacción,+operación,comprobante,autorización,expediente,trámite," +
			"+dni|,+nie|,+nif|,+curp,+rfc|,+ine|,+cédula,+rut|,+cuit,+cuil,pasaporte,licencia,seguridad social,+nss|,teléfono,telefono,móvil,movil,celular,+tel|,+cel|,whatsapp,llám,llama,código de barras,código promo,código de descuento,vale|,cupón,código postal,+cp|,código del portal,boleto,matrícula,ticket,número de reclam,número de incid,número de queja",
		kind:   "regalo,fidelidad,fideliza,socio,puntos,biblioteca,transporte,metro,bus,bip,sube,sim,identidad,sanitaria,estudiante,club,cliente,membresía,residencia,descuento,débito de transporte,crucero,embarque,parqueo",
		number: "número,numero,núm|,num|,nro|,n°,nº,n.º,no|",
	}, {
		name:   "Catalan",
		card:   "targeta,targetes,targeta de crèdit",
		code:   "codi de seguretat,codi de verif,codi|,darrere,del darrere,revers|,tres números,tres xifres,tres dígits,últims tres",
		pin:    "pin|,codi pin,codi secret,clau|,contrasenya",
		expiry: "caduca,caducitat,venciment,vàlida",
		label:  "comanda,comandes,reserva,factura,+referència,client|,contracte,soci|,pòlissa,+sèrie,comptador,enviament,paquet,+seguiment,compte,+iban,transacció,+dni|,+nif|,passaport,telèfon,mòbil,+tel|,truca,codi de barres,val|,codi postal,matrícula,bitllet",
		kind:   "regal,fidelitat,fideliz,fideliza,client,soci,biblioteca,transport,sim,sanitària,identitat,punts",
		number: "número,núm|,num|,n°,nº,n.",
	}, {
		name:   "Galician",
		card:   "tarxeta,cartón,tarxetas",
		code:   "código de seguranza,código de seguridade,código|,detrás,reverso,tres números,tres cifras,últimos tres",
		pin:    "pin|,clave|,número secreto,contrasinal",
		expiry: "caduca,caducidade,válida",
		label:  "pedido,reserva,factura,+referencia,cliente,contrato,socio,+serie,contador,envío,paquete,+seguimento,conta,+iban,transacción,teléfono,móbil,+tel|,código de barras,código postal,expediente",
		kind:   "agasallo,fidelidade,socio,biblioteca,transporte,sim,sanitaria",
		number: "número,núm|,n°,nº",
	}, {
		name:   "Basque",
		card:   "txartel,kreditu-txartel,banku-txartel",
		code:   "segurtasun-kode,segurtasun kode,kodea|,atzeko,atzealde,hiru zenbaki,azken hiru",
		pin:    "pin|,pin-a,pin kode,pasahitz,zenbaki sekretu",
		expiry: "iraungi,iraungitze,balio du",
		label:  "eskaera,eskaer,erreserba,faktura,erreferentzia,bezero,kontratu,bazkide,+serie,kontagailu,bidalket,pakete,jarraipen,kontu|,kontuaren,+iban,transakzio,+nan|,telefono,mugikor,barra-kode,posta-kode,txanda",
		kind:   "opari,bazkide,bezero,liburutegi,garraio,barik,mugi,sim,nortasun,osasun",
		number: "zenbaki,zk|,zk.,zenb|",
	}, {
		name:   "Portuguese",
		card:   "cartão,cartao,cartões,cart de créd,cartão de débito",
		code:   "código de segurança,codigo de seguranca,cód de seg,cod seg,código de verif,código do cartão,número do cvv,código de trás,código atrás,código do verso,dígitos de trás,código|,cod|,verso|,no verso,atrás,de trás,parte de trás,três números,três dígitos,3 números,3 dígitos,três últimos,últimos três,ultimos 3,três algarismos",
		pin:    "pin|,senha,código secreto,código pin,número secreto",
		expiry: "validad,válido,valido até,venc,vence,expira,val|",
		label: "pedido,encomenda,ordem de,ordem de compra,compra n,reserva,localizador,fatura,factura,boleto,recibo,+referência,+ref|,protocolo,chamado,processo,cliente,contrato,sócio,apólice,sinistro,+série,medidor,hidrômetro,contador,instalação,+rastreio,+rastreamento,envio|,pacote,objeto,nota fiscal,nota|,conta|,conta corrente,agência,+pix|,chave pix,+iban,+nib|,transação,transacção,autorização,comprovante," +
			"+cpf|,+cnpj,+rg|,+cnh|,+nif|,+pis|,passaporte,cartão de cidadão,+sns|,telefone,celular,telemóvel,telemovel,+tel|,+cel|,zap|,whatsapp,liga|,ligar,código de barras,cupom,código promo,+cep|,código postal,bilhete,+bilhete único,matrícula,token,número da reclam,número de reclam",
		kind:   "presente,oferta,fidelidade,sócio,biblioteca,transporte,metro,bilhete único,andante,navegante,sim,cidadão,identidade,sus,saúde,estudante,clube,cliente,pontos,vale,sus|,desconto,embarque",
		number: "número,numero,núm|,num|,n°,nº,n.º,nro|,no|",
	}, {
		name:   "Italian",
		card:   "carta,carte di,bancomat,postepay,carta di credito,tessera bancaria",
		code:   "codice di sicurezza,codice sicurezza,codice di controllo,codice della carta,codice di verif,cod sicurezza,codice cvv,codice|,cod|,retro|,sul retro,dietro,tre cifre,3 cifre,tre numeri,ultime tre,ultime 3,ultimi tre",
		pin:    "pin|,codice pin,codice segreto,numero segreto,codice personale",
		expiry: "scad,scade,scadenza,valida,fino al",
		label:  "ordine,ordini,prenotaz,acquisto n,fattura,ricevuta,scontrino,+riferimento,+rif|,+rif.,pratica,segnalazione,cliente,contratto,socio,abbonamento,polizza,sinistro,+serie,+seriale,matricola,contatore,+pod|,+pdr|,spedizione,+tracciamento,+tracking,pacco,raccomandata,conto|,conto corrente,+iban,bonifico,transazione,+cro|,+trn|,+codice fiscale,+partita iva,+tessera,+p.iva,passaporto,patente,carta d'identità,telefono,cellulare,+tel|,+cell|,chiama,codice a barre,buono|,codice sconto,codice promo,+cap|,codice postale,biglietto,ticket,numero reclamo,numero di reclam,numero del reclam",
		kind:   "regalo,fedeltà,socio,punti,biblioteca,trasporti,metro,sim,identità,sanitaria,studente,club,soci,imbarco,sconto,cliente,servizi,igienica,intestata",
		number: "numero,num|,nr|,n°,nº,n|,nro|",
	}, {
		name:   "Romanian",
		card:   "card,cardul,cardului,carduri,cartela bancară",
		code:   "cod de securitate,codul de securitate,cod de siguranță,cod cvv,cod de verif,codul|,cod|,spate,pe verso,verso|,trei cifre,3 cifre,ultimele trei",
		pin:    "pin|,cod pin,codul pin,cod secret,parola",
		expiry: "expiră,expira,valabil,exp|",
		label:  "comandă,comanda,comenzi,rezervare,factur,chitanț,+referinț,client|,clientului,contract,abonat,poliț,+serie,contor,colet,+awb,livrare,expedier,+urmărire,cont|,contul,+iban,tranzacț,+cnp|,+cui|,pașaport,permis,telefon,mobil,+tel|,sună,cod de bare,voucher,cupon,cod promo,cod poștal,bilet,dosar,bon|",
		kind:   "cadou,fidelitate,membru,bibliotecă,transport,sim,identitate,sănătate,student,reducere,client,club",
		number: "număr,numar,numărul,nr|,nr.,num|",
	}, {
		name:   "Maltese",
		card:   "card,tal-card,karta tal-kred",
		code:   "kodiċi tas-sigurtà,kodici,fuq wara,wara|,tliet numri,tliet ċifri",
		pin:    "pin|,kodiċi sigriet",
		expiry: "tiskadi,valida",
		label:  "ordni,prenotazzjoni,fattura,referenza,klijent,kuntratt,kont|,+iban,+serjali,pakkett,telefon,mowbajl,passaport",
		kind:   "rigal,lealtà,librerija,tallinja,sim,identità",
		number: "numru,nru|,in-numru",
	}, {
		name:   "Irish and Welsh",
		card:   "cárta,chárta,gcárta,cerdyn,gerdyn,cherdyn,cardiau",
		code:   "cód slándála,cod diogelwch,cód|,cod|,ar an gcúl,ar chúl,ar y cefn,trí dhigit,tri digid,tri rhif",
		pin:    "pin|,uimhir aitheantais,rhif pin",
		expiry: "dáta éaga,bailí,dod i ben,dilys",
		label:  "ordú,ordaith,áirithint,sonrasc,tagairt,custaiméir,conradh,archeb,archebu,anfoneb,cyfeirnod,cwsmer,contract,cyfrif,cuntas,parsel,beartán,fón,ffôn,fasnach,tocyn,ticéad",
		kind:   "bronntanais,dílseachta,leabharlainne,anrheg,teyrngarwch,llyfrgell,sim,aelodaeth,ballraíochta",
		number: "uimhir,rhif,uimh|",
	}, {
		name:   "Polish",
		card:   "kart,karta,karty,kartą,kartę,nr kart",
		code:   "kod zabezpiecz,kod bezpiecz,kod weryfik,kod cvv,kod cvc,kod kart,kod z tyłu,kod na odw,kod|,kodem|,z tyłu,odwrocie,na odwrocie,trzy cyfry,3 cyfry,ostatnie trzy,trzycyfrow,trzy ostatnie",
		pin:    "pin|,pin-u,pinu|,kod pin,numer pin,tajny kod,hasło",
		expiry: "ważna,wazna,ważność,wazn,ważn,termin,do|",
		label:  "zamówie,zamowie,zam|,rezerwacj,faktur,+fv|,rachun,paragon,referenc,+ref|,zgłoszen,zgloszen,spraw,reklamacj,klient,umow,abonent,członk,polis,szkod,seryjn,+seri,licznik,+ppe|,przesyłk,przesylk,paczk,+śledzen,list przewoz,kont|,konto,konta,+iban,przelew,transakcj,+pesel,+nip|,+regon,paszport,dowod,dowód,prawo jazdy,telefon,komórk,komork,+tel|,+tel.,zadzwoń,kod kresk,bon|,kod rabat,kod promo,kod poczt,kod odbior,bilet,wnios",
		kind:   "podarunkow,lojalnościow,członkowsk,stałego,klienta,bibliotecz,miejsk,sim,telefoniczn,parkingow,rabatow,dużej,ubezpiecz,multisport,upominkow,punktow,pokładow,ekuz,pobyt,zakupow,prezentow",
		number: "numer,nr|,nr.,num|",
	}, {
		name:   "Czech",
		card:   "kart,karta,karty,kartu,kartou,platebn,-kartou,-kartu",
		code:   "bezpečnostní kód,bezpecnostni kod,ověřovací kód,kontrolní kód,kód cvv,kód|,kod|,zezadu,zadní stran,na zadní,vzadu,tři čísla,tři číslice,3 čísla,3 číslice,poslední tři,trojčíslí",
		pin:    "pin|,pin kód,pinu|,tajný kód,heslo",
		expiry: "platnost,platí,expirac,konec plat,do|",
		label:  "objednáv,objednav,rezervac,faktur,+variabiln,+vs|,referenč,referenc,zákazn,zakazn,klient,smlouv,člens,pojist,+sériov,seriov,elektroměr,plynoměr,vodoměr,zásilk,zasilk,balík,balik,+sledov,účet,účtu,ucet,uctu,+iban,transakc,platba č,+rodné,rodne,+ičo|,+ico|,+dič|,cestovní pas,občansk,řidičsk,telefon,mobil,+tel|,zavolej,čárov,kupón,slevov,psč,+psc|,jízdenk,letenk,případ,reklamac,účtenk",
		kind:   "dárkov,věrnostn,členská,zákaznick,knihovn,průkazka,lítačk,sim,tramvajk,občansk,student,klubov,slevov,pojišt,průkaz",
		number: "čísl,cisl,č|,č.,c.,čís|,nr|",
	}, {
		name:   "Slovak",
		card:   "kart,karta,karty,kartu,kartou,platobn",
		code:   "bezpečnostný kód,bezpecnostny kod,overovací kód,kontrolný kód,kód|,kod|,zozadu,vzadu,na zadnej,zadnej stran,tri čísla,tri číslice,3 čísla,posledné tri,trojčíslie",
		pin:    "pin|,pin kód,tajný kód,heslo",
		expiry: "platnosť,platnost,platí,expirác,do|",
		label:  "objednáv,objednav,rezervác,rezervac,faktúr,faktur,+variabiln,referenč,zákazn,zakazn,klient,zmluv,člen,poist,+sériov,elektromer,plynomer,zásielk,zasielk,balík,balik,+sledov,účet,účtu,ucet,uctu,+iban,transakc,+rodné,+ičo|,+dič|,cestovný pas,občian,vodič,telefón,telefon,mobil,+tel|,zavolaj,čiarov,kupón,zľav,psč,lístok,letenk,prípad,reklamác",
		kind:   "darčekov,vernostn,členská,zákazníck,knižn,sim,dopravn,električenk,študent,klubov,zľavov,poist,preukaz",
		number: "čísl,cisl,č|,č.,c.,nr|",
	}, {
		name:   "Hungarian",
		card:   "kártya,kartya,kártyá,-kártya,-kártyá,-kartya,bankkárty,hitelkárty",
		code:   "biztonsági kód,biztonsagi kod,ellenőrző kód,ellenőrzőkód,cvc kód,cvv kód,kód|,kódom,hátoldal,hatoldal,hátulján,hátulj,hátsó,hátul,három szám,utolsó három,3 szám,három számjegy,háromjegyű",
		pin:    "pin|,pin kód,pin-kód,pinkód,titkos kód,jelszó",
		expiry: "lejár,lejar,érvényes,ervenyes",
		label:  "rendelés,rendeles,foglalás,foglalas,számla,szamla,hivatkoz,referenc,ügyfél,ugyfel,ügyszám,szerződés,szerzodes,tagság,biztosít,+sorozat,+gyári,mérő,óraszám,csomag,küldem,kuldem,+nyomkövet,szállít,bankszámla,+iban,tranzakc,átutal,+személyi,+adószám,+adóazonos,+taj|,útlevél,jogosítv,telefon,mobil,+tel|,hívj,vonalkód,kupon,utalvány,irányítósz,-jegy,jegyszám,bizonylat,rendszám",
		kind:   "ajándék,hűség,törzsvásárló,tag,könyvtári,bérlet,sim,személyi,diák,klub,pont,egészségpénztár,biztosítási,lakcím,belépő",
		number: "szám,-szám,-száma,számú,sorszám,azonosító,sz|,nr|",
	}, {
		name:   "Slovene",
		card:   "kartic,kartica,kartice,kartico,plačiln kart",
		code:   "varnostna koda,varnostno kodo,varnostna štev,kontrolna štev,koda|,kodo|,zadaj,na hrbtni,hrbtn,na zadnji,tri številke,tri cifre,3 številke,zadnje tri",
		pin:    "pin|,pin koda,geslo,skrivna",
		expiry: "velja,veljavn,poteče",
		label:  "naročil,narocil,rezervacij,račun,racun,predračun,sklic,referenc,stran|,stranke,kupc,pogodb,član,polic,+serijsk,števec,stevec,števc,stevc,pošiljk,posiljk,paket,+sledenj,+iban,+trr|,transakcij,+emšo,+davčna,+davcna,potni,telefon,mobi,+tel|,+gsm|,pokliči,črtna koda,kupon,poštna,vozovnic,zadev,reklamacij",
		kind:   "darilna,darilne,članska,zvestobe,knjižnič,izkaznica,urbana,sim,osebna,popustov,zdravstvena,pika",
		number: "številk,stevilk,št|,št.,st.,nr|",
	}, {
		name:   "Croatian, Bosnian and Serbian",
		card:   "kartic,kartica,kartice,karticu,karticom,картиц,картица,картице,картицу,картицом,platna kart",
		code:   "sigurnosni kod,sigurnosni broj,bezbednosni kod,bezbednosni broj,kontrolni broj,kod|,koda|,pozadi,na poleđini,poledini,poleđin,iza|,straga,tri broja,tri cifre,tri brojke,tri znamenke,3 broja,3 cifre,zadnje tri,poslednje tri,posljednja tri,сигурносни код,безбедносни код,код|,позади,полеђини,три цифре,три броја,последње три,цвв,stražnj",
		pin:    "pin|,pin kod,tajni broj,tajni kod,lozinka,пин,пин код,тајни број,лозинка",
		expiry: "vrijedi,važi,vazi,ističe,istice,valjanost,rok|,do|,важи,истиче,до|",
		label:  "narudžb,narudzb,porudžbin,porudzbin,narudžbenic,rezervacij,račun,racun,faktur,referenc,poziv na,+poziv,kupac,kupca,klijent,korisni,ugovor,član,polic,+serijsk,brojil,mjeril,pošiljk,posiljk,paket,+praćenj,+pracenj,žiro,+iban,transakcij,+oib|,+jmbg|,+pib|,putovnic,pasoš,osobna,telefon,mobitel,mobilni,+tel|,+mob|,zovi|,nazovi,bar kod,kupon,poštanski,predmet,karta za,поруџбин,наруџб,резервациј,рачун,фактур,референц,позив на,купац,клијент,уговор,серијск,бројил,пошиљк,пакет,праћењ,трансакциј,јмбг,пиб|,пасош,телефон,мобилни,позови",
		kind:   "poklon,lojalnost,članska,knjižnic,knjižničn,biblioteč,iskaznica,busplus,sim,osobna,lična,zdravstvena,popust,klub,vjernosti,поклон,лојалност,чланск,библиот,лична,здравствен,сим",
		number: "broj,br|,br.,број,бр|,бр.,nr|",
	}, {
		name:   "Macedonian",
		card:   "картичк,картичка,платежна,kartichk,kartick",
		code:   "безбедносен код,сигурносен код,безбедносниот,код|,кодот,одзади,позади,задната страна,на грбот,три бројки,три цифри,трите бројки,трите цифри,последните три,свв|,цвв",
		pin:    "пин|,пин код,пинот,pin|,лозинка,таен број",
		expiry: "важи,истекува,валидна,до|",
		label:  "нарачк,narachk,резервациј,сметк,фактур,референц,клиент,корисник,договор,член|,полиса,+сериск,броило,пратк,пакет,+следењ,трансакциј,+ембг,+едб|,пасош,телефон,мобилен,+тел|,бар код,ваучер,поштенски",
		kind:   "подарок,лојалност,членска,библиотек,автобуск,сим,лична,здравствена",
		number: "број,бр|,бр.,broj",
	}, {
		name:   "Bulgarian",
		card:   "карта,картата,карти,картов,кредитна карта,банкова карта,karta",
		code:   "код за сигурност,защитен код,код за защита,код за проверка,контролен код,код|,кода|,кодът,отзад,на гърба,гърба,гръб,три цифри,трите цифри,последните три,3 цифри,цвв,свв|,трицифрен",
		pin:    "пин|,пин код,пин-код,пин кода,pin|,тайна парола,парола",
		expiry: "валидна,валидност,изтича,важи,до|",
		label:  "поръчк,porachk,poruchk,резервац,фактур,референ,клиент,абонат,договор,членск,полица,+сериен,+серийн,електромер,водомер,пратк,товарителниц,колет,+проследяв,сметк,+iban,транзакц,+егн|,+егн,+еик|,+булстат,паспорт,лична карта,телефон,мобилен,+тел|,+gsm,обади,баркод,ваучер,купон,пощенски,билет,преписк,заявк",
		kind:   "подаръ,лоялност,клиентск,членск,библиотеч,транспорт,градски,сим,лична,здравн,отстъпк,клуб",
		number: "номер,№,ном|,бр|,nomer",
	}, {
		name:   "Russian",
		card:   "карт,карта,карты,карту,картой,карточк,кредитк,дебетов,пластик,мир|,kart,karta,сбер|,тинькофф,тинек",
		code:   "код безопасности,код на оборот,код с оборот,код с обратн,код проверки,проверочный код,защитный код,секретный код карт,код|,cvv-код,цвв,цвк|,цвс|,свв,свс|,сививи,си ви ви,на обороте,оборот|,обратной стороне,обратная сторона,сзади,три цифры,3 цифры,трёхзначн,последние три,последние 3,kod|,na oborote",
		pin:    "пин|,пин-код,пинкод,пин код,пина|,pin|,секретный код,пароль",
		expiry: "срок,до|,действ,действует,годен,истекает,годна",
		label: "заказ,zakaz,бронь,брони,бронир,счет|,счёт,счета,фактур,+инвойс,накладн,референс,обращен,заявк,заявлен,клиент,договор,абонент,лицев,членск,полис,+серийн,+сн|,счетчик,счётчик,показан,посылк,отправлен,+трек,+отслежив,доставк,+идентификатор,+iban,+бик|,расчётн,расчетн,+транзакц,операци,платеж|,платёж,чек|,чека," +
			"+инн|,+снилс,+огрн,паспорт,удостовер,телефон,мобильн,+тел|,+тел.,сотов,ватсап,вацап,позвони,звоните,штрихкод,штрих-код,промокод,купон,сертификат,индекс|,код подтвержд,билет,тикет,кейс|,квитанц,квит|,номер жалоб,номер обращ,номер рекламац,номер возврат",
		kind:   "подарочн,бонусн,лояльност,дисконтн,клубн,читательск,библиотечн,тройк,транспортн,проездн,сим,симк,скидочн,медицинск,социальн,пропуск,членск,накопительн,банкомат-сим,санитарн,топливн",
		number: "номер,№,ном|,nomer,n|,нр|",
	}, {
		name:   "Ukrainian",
		card:   "карт,картка,картки,картку,карткою,картков,кредитк,приват|,monobank",
		code:   "код безпеки,код на звороті,код зі зворот,код перевірки,захисний код,код|,цвв,свв,на звороті,зворот|,зворотн,позаду,ззаду,три цифри,3 цифри,останні три",
		pin:    "пін|,пін-код,пінкод,пін код,pin|,пароль,секретний код",
		expiry: "термін,дійсна,діє|,діє до,до|,строк",
		label:  "замовлен,zamovlen,бронюван,бронь,рахун,рахунок,фактур,накладн,+ттн|,+ттн,звернен,заявк,клієнт,договір,договор,абонент,особов,поліс,+серійн,лічильник,показник,посилк,відправлен,+трек,+відстеж,доставк,+iban,транзакц,платіж|,платеж,чек|,чека,+іпн|,+рнокпп,+єдрпоу,паспорт,посвідч,телефон,мобільн,+тел|,+тел.,вайбер,дзвон,телефонуйте,штрихкод,промокод,купон,сертифікат,індекс,квиток,квитк,квитанц",
		kind:   "подарунк,бонусн,лояльност,дисконтн,клубн,читацьк,бібліотечн,транспортн,проїзн,сім,соціальн,студентськ,накопичувальн,знижк",
		number: "номер,№,ном|",
	}, {
		name:   "Belarusian",
		card:   "карт,картка,карткі,картк,картай,карты",
		code:   "код бяспекі,код|,на адвароце,адварот,ззаду,тры лічбы,апошнія тры,цвв",
		pin:    "пін|,пін-код,пінкод,pin|,пароль",
		expiry: "тэрмін,да|,дзейн,сапраўдн",
		label:  "замов,заказ,браніраван,рахун,накладн,кліент,дагавор,дамов,абанент,серыйн,лічыльнік,пасылк,адпраўлен,+трэк,адсочв,транзакц,пашпарт,тэлефон,мабільн,+тэл|,штрыхкод,індэкс,квіток,чэк|",
		kind:   "падарункав,бонусн,бібліятэчн,праязн,сім,дысконтн",
		number: "нумар,номер,№",
	}, {
		name:   "Greek",
		card:   "κάρτα,κάρτας,χρεωστικ,πιστωτικ,karta,kartas",
		code:   "κωδικός ασφαλείας,κωδικο ασφαλ,κωδικός επαλήθ,κωδικό|,κωδικός|,κωδ|,πίσω|,πίσω μέρος,από πίσω,στο πίσω,τρία ψηφία,τα τρία,3 ψηφία,τελευταία τρία,τρεις αριθμ",
		pin:    "pin|,πιν|,κωδικός pin,μυστικός",
		expiry: "λήξη,λήγει,ισχύει,έως|,μέχρι",
		label:  "παραγγελ,paraggel,κράτησ,τιμολόγ,απόδειξ,αναφορ,πελάτ,σύμβασ,συμβόλ,συνδρομ,μέλος|,μέλους,+σειριακ,μετρητ,παροχ,αποστολ,δέμα|,δέματος,παρακολούθ,+tracking,λογαριασμ,+iban,συναλλαγ,πληρωμ,+αφμ|,+αμκα|,+αδτ|,διαβατήρ,ταυτότητ,τηλέφων,τηλ|,κινητό,καλέστε,barcode,+δωροκάρτ,κουπόν,ταχυδρομ,εισιτήρ,υπόθεσ,voucher,αίτησ",
		kind:   "δώρου,πιστότητας,μέλους,βιβλιοθήκης,μεταφορ,ath.ena,sim,ταυτότητ,φοιτητικ,ανεργίας,επιβράβευσης,υγείας",
		number: "αριθμ,αρ|,αρ.,νούμερο,αριθ|,νο|,arithm",
	}, {
		name:   "Albanian",
		card:   "kart,karta,kartën,kartës,kartela",
		code:   "kodi i sigurisë,kod sigurie,kodi|,kod|,mbrapa,pas kart,në pjesën e pasme,tre shifra,tre numra,tri shifrat",
		pin:    "pin|,kodi pin,fjalëkalim,kodi sekret",
		expiry: "skadon,vlen,vlefshm,deri|",
		label:  "porosi,rezervim,fatur,referenc,klient,kontrat,+serial,matës,dërges,pako|,gjurmim,llogari,+iban,transaksion,+nipt,letërnjoftim,pasaport,telefon,celular,+tel|,barkod,kupon,postar,bilet",
		kind:   "dhuratë,besnikërie,anëtarësi,bibliotek,sim,identitet,studenti",
		number: "numri,numër,numrin,nr|,nr.",
	}, {
		name:   "Turkish",
		card:   "kart,kartı,kartım,kredi kart,banka kart,-kartım",
		code:   "güvenlik kodu,guvenlik kodu,güvenlik numar,doğrulama kodu kart,kart kodu,cvv kodu,kodu|,kod|,arkasında,arkasindaki,arka yüz,arkadaki,arkası,üç hane,üç rakam,uc rakam,son üç,son 3,3 hane,3 rakam,güvenlik no",
		pin:    "pin|,pin kodu,şifre,sifre,parola",
		expiry: "son kullanma,skt|,geçerli,gecerli,vade,bitiş",
		label:  "sipariş,siparis,+istanbulkart,+akbil,rezervasyon,fatura,makbuz,fiş no,referans,müşteri,musteri,sözleşme,sozlesme,abone,üye,uye,poliçe,+seri|,+seri no,sayaç,sayac,tesisat,kargo,gönderi,gonderi,+takip,paket,hesap,+iban,dekont,işlem,islem,+tckn,tc kimlik,+t.c.,kimlik,vergi,pasaport,ehliyet,telefon,cep|,+tel|,arayın,ara beni,barkod,kupon,indirim kodu,hediye çeki,posta kodu,bilet,talep,başvuru,doğrulama kodu,onay kodu,şikayet no,şikayet numara",
		kind:   "hediye,sadakat,üyelik,üye,kütüphane,ulaşım,akbil,istanbul,sim,kimlik,öğrenci,sağlık,puan,kulüp,müşteri,indirim,otobüs,para puan,sd",
		number: "numara,no|,nolu,no'lu,numaralı,nr|,num|",
	}, {
		name:   "Armenian",
		card:   "քարտ,քարտի,քարտս",
		code:   "անվտանգության կոդ,կոդ|,կոդը|,հետևի,հետևում,ետևի,երեք թվ,վերջին երեք",
		pin:    "փին,պին,գաղտնաբառ,pin|",
		expiry: "վավեր,ժամկետ,մինչև",
		label:  "պատվեր,ամրագր,հաշիվ,հաշվի,հղում,հաճախորդ,պայմանագ,սերիա,հաշվիչ,առաք,փաթեթ,ծանրոց,անձնագ,հեռախոս,բջջ,գործարք,տոմս,կտրոն",
		kind:   "նվեր,բոնուս,զեղչ,գրադարան,տրանսպորտ,սիմ,անդամ",
		number: "համար,համարը,№",
	}, {
		name:   "Georgian",
		card:   "ბარათ,ბარათი,ბარათის,საბანკო ბარ",
		code:   "უსაფრთხოების კოდ,კოდი|,კოდ|,უკანა,უკან,ზურგ,სამი ციფრ,ბოლო სამი",
		pin:    "პინ,პინ კოდ,პინ-კოდ,პაროლ,pin|",
		expiry: "ვადა,მოქმედ,მდე|",
		label:  "შეკვეთ,ჯავშან,ჯავშნ,ინვოის,ქვითარ,რეფერენ,მომხმარებ,კლიენტ,ხელშეკრ,აბონენტ,სერი,მრიცხველ,ამანათ,გზავნილ,თრექინგ,ანგარიშ,ტრანზაქ,პირადი,პასპორტ,ტელეფონ,მობილ,ბილეთ,ვაუჩერ",
		kind:   "სასაჩუქრე,საჩუქ,ბონუს,ბიბლიოთეკ,სატრანსპორტო,სიმ,წევრ,ფასდაკლებ",
		number: "ნომერ,ნომრ,№,n|",
	},
}

// accents lists letters behind the letter they are compared as.
var accents = [...]string{
	"aàáâãäåāăąǎạảấầẩẫậắằẳẵặæ", "cçćĉċč", "dďđðḍḑ", "eèéêëēĕėęěəẹẻẽếềểễệ", "gĝğġģ", "hĥħḥ", "iìíîïĩīĭįıİỉị", "jĵ", "kķ", "lĺļľŀł", "nñńņňŉ",
	"oòóôõöøōŏőơœọỏốồổỗộớờởỡợ", "rŕŗř", "sśŝşšșßṣ", "tţťŧțṭ", "uùúûüũūŭůűųưụủứừửữự", "wŵ", "yýÿŷạỳỵỷỹẏ", "zźżžẓ",
	"αά", "εέ", "ηή", "ιίϊΐ", "οό", "υύϋΰ", "ωώ", "σς", "еёѐ", "اأإآٱ", "يىیئ", "كک", "هةۀە", "وؤ",
}
