using System;
using System.IO;
using System.Linq;
using System.Net.Security;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Acquisition;

/// <summary>How the Hub is reached and where its shared cache lies; the environment variables are those of the official client.</summary>
public sealed record HubSettings
{
    private static readonly string[] Yes = ["1", "ON", "YES", "TRUE"];

    /// <summary>The Hub; a mirror's address stands in <c>HF_ENDPOINT</c>.</summary>
    public Uri Endpoint { get; init; } = new("https://huggingface.co");

    /// <summary>The shared cache: <c>HF_HUB_CACHE</c>, else <c>hub</c> in <c>HF_HOME</c>.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>The access token, or null; it goes to <see cref="Endpoint"/>'s host alone and is never printed.</summary>
    public string? Token { get; init; }

    /// <summary>Whether the network must not be used.</summary>
    public bool Offline { get; init; }

    /// <summary>Whether snapshots hold links to blobs; where links are impossible they hold copies.</summary>
    public bool UseLinks { get; init; } = true;

    /// <summary>How long an answer about a file may take.</summary>
    public TimeSpan MetadataTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a download may stand still, and a third of how long it may send less than a kilobyte a second, before it is asked for again.</summary>
    public TimeSpan DownloadTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections that transfer content at the same time.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>Bytes that one connection asks for at once; a file of at most one and a half times that is asked for whole.</summary>
    public long RangeBytes { get; init; } = 64L << 20;

    /// <summary>The first pause before a request is repeated; it doubles up to eight times that.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How a pause is made.</summary>
    internal Func<TimeSpan, CancellationToken, Task> Pause { get; init; } = Task.Delay;

    /// <summary>Tells how many bytes are free where a folder lies; the largest number where the system does not say, such as of a network share: there it says when it is full.</summary>
    internal Func<string, long> FreeBytes { get; init; } = Disk.FreeBytes;

    /// <summary>Looks at the certificate of a secure host in the system's place; null = the system does.</summary>
    internal RemoteCertificateValidationCallback? Trusts { get; init; }

    /// <summary>Tells whether a lock keeps others out: on some network file systems none does.</summary>
    internal Func<CacheLock, bool> LockWorks { get; init; } = one => one.Works;

    /// <summary>Reads the settings of the user who runs this.</summary>
    /// <param name="variable">Gives an environment variable; null = this process's.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="CheckpointException">CKPT6002 when a variable's value cannot be used.</exception>
    public static HubSettings FromEnvironment(Func<string, string?>? variable = null)
    {
        string? Get(string name) => (variable ?? Environment.GetEnvironmentVariable)(name) is { } value && value.Trim() is { Length: > 0 } text ? text : null;
        bool Flag(string name) => Get(name) is { } value && Yes.Contains(value, StringComparer.OrdinalIgnoreCase);
        string Home(string name) => Get(name) ?? throw Errors.BadHubVariable("HF_HOME", "", "a folder, because there is no home folder");
        string profile = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        string Expand(string path) => Path.GetFullPath(path is "~" || path.StartsWith("~/", StringComparison.Ordinal) ? profile + path[1..] : path);

        string home = Expand(Get("HF_HOME") ?? Path.Combine(Get("XDG_CACHE_HOME") ?? Path.Combine(profile.Length > 0 ? profile : Home("HF_HOME"), ".cache"), "huggingface"));
        return new HubSettings
        {
            Endpoint = ParseEndpoint(Get("HF_ENDPOINT") ?? "https://huggingface.co"),
            CacheFolder = Expand(Get("HF_HUB_CACHE") ?? Get("HUGGINGFACE_HUB_CACHE") ?? Path.Combine(home, "hub")),
            Token = Flag("HF_HUB_DISABLE_IMPLICIT_TOKEN") ? null : Get("HF_TOKEN") ?? Get("HUGGING_FACE_HUB_TOKEN") ?? TokenFile(Expand(Get("HF_TOKEN_PATH") ?? Path.Combine(home, "token"))),
            Offline = Flag("HF_HUB_OFFLINE") || Flag("TRANSFORMERS_OFFLINE"),
            UseLinks = !Flag("HF_HUB_DISABLE_SYMLINKS"),
            MetadataTimeout = Seconds("HF_HUB_ETAG_TIMEOUT", Get("HF_HUB_ETAG_TIMEOUT")),
            DownloadTimeout = Seconds("HF_HUB_DOWNLOAD_TIMEOUT", Get("HF_HUB_DOWNLOAD_TIMEOUT")),
        };
    }

    /// <summary>The settings in words, without the token.</summary>
    /// <returns>Endpoint and cache.</returns>
    public override string ToString() => $"{Endpoint.GetLeftPart(UriPartial.Path)}, cache {CacheFolder}{(Token is null ? "" : ", with a token")}{(Offline ? ", offline" : "")}";

    private static Uri ParseEndpoint(string value) =>
        Uri.TryCreate(value.TrimEnd('/'), UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.Query.Length == 0 && uri.UserInfo.Length == 0
            ? uri
            : throw Errors.BadHubVariable("HF_ENDPOINT", "", "an address such as https://huggingface.co, without user and query");

    private static TimeSpan Seconds(string name, string? value) =>
        value is null ? TimeSpan.FromSeconds(10)
        : int.TryParse(value, out int seconds) && seconds is > 0 and < 86_400 ? TimeSpan.FromSeconds(seconds)
        : throw Errors.BadHubVariable(name, value, "a number of seconds");

    private static string? TokenFile(string path)
    {
        try
        {
            return File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } token ? token : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.BadHubVariable("HF_TOKEN_PATH", path, "a file that may be read; a token that is taken for none would be told as a repository that is not there");
        }
    }
}
