declare module '@novnc/novnc' {
  interface RfbEvents {
    connect: CustomEvent<Record<string, never>>;
    disconnect: CustomEvent<{ clean: boolean }>;
    securityfailure: CustomEvent<{ status: number; reason?: string }>;
    credentialsrequired: CustomEvent<{ types: string[] }>;
    desktopname: CustomEvent<{ name: string }>;
    clipboard: CustomEvent<{ text: string }>;
    bell: CustomEvent<Record<string, never>>;
  }

  /** What Porthole uses of noVNC 1.7; `_`-names are its internals, touched in guarded-rfb.ts alone. */
  export default class RFB {
    constructor(target: HTMLElement, channel: object, options?: { shared?: boolean });
    viewOnly: boolean;
    scaleViewport: boolean;
    clipViewport: boolean;
    focusOnClick: boolean;
    background: string;
    showDotCursor: boolean;
    addEventListener<K extends keyof RfbEvents>(type: K, listener: (event: RfbEvents[K]) => void): void;
    disconnect(): void;
    focus(options?: FocusOptions): void;
    blur(): void;
    sendKey(keysym: number, code: string, down?: boolean): void;
    sendCtrlAltDel(): void;
    clipboardPasteFrom(text: string): void;
    toDataURL(type?: string): string;
    toBlob(callback: (blob: Blob | null) => void, type?: string): void;
    protected _keyboard: { grab(): void; ungrab(): void };
    protected _decoders: Record<number, import('./whole-resets.ts').TightStreams>;
    protected _rfbConnectionState: string;
    protected _viewOnly: boolean;
    protected _resize(width: number, height: number): void;
    protected _fail(details: string): boolean;
  }
}
