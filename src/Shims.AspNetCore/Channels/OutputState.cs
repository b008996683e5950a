namespace Shims.AspNetCore.Channels;

/// <summary>The states of a response on its way from the app.</summary>
internal enum OutputState : byte
{
    /// <summary>The app may write more.</summary>
    Open,

    /// <summary>The app has written all of it.</summary>
    Complete,

    /// <summary>The app has broken it off.</summary>
    Broken,

    /// <summary>It has been sent, or is not wanted any more: nothing is done about it.</summary>
    Over,
}
