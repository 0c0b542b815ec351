/** What the server sends about a map: views/map.py and geography/map_data.py. */
export type Position = [number, number];
export type Box = [number, number, number, number];

export interface End { name: string; at: Position; text: string }
export interface Distance {
  km: number; miles: number; label: string; from: End; to: End; line: Position[]; spread: [number, number];
  by_resolution: { drawing: string; km: number }[]; sentence: string; spread_sentence: string; note: string;
}
export interface Sighting {
  number: number; evidence: string; place: string; at: Position; text: string; grade: string; date: string;
  known: string; href: string; shown: boolean;
}
export interface CaseMap {
  title: string; as_of: string; opened: string; frame: Box; window: Box; land: string;
  states: { code: string; name: string; role: string }[];
  towns: { name: string; at: Position; kind: string }[];
  distance: Distance; sightings: Sighting[];
}
export interface StateOnMap { kind: "state"; code: string; name: string; at: Position; box: Box }
export interface Disputed { kind: "disputed"; id: string; name: string; label: string; statement: string; at: Position }
export interface Land {
  type: "FeatureCollection";
  resolution: string;
  features: {
    type: "Feature";
    properties: StateOnMap | Disputed | { kind: "border" | "coast" };
    geometry: { type: "MultiPolygon"; coordinates: Position[][][] } | { type: "MultiLineString"; coordinates: Position[][] };
  }[];
}
