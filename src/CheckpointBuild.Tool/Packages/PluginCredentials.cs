using System;
using System.Collections.Generic;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using NuGet.Configuration;
using NuGet.Protocol.Plugins;

namespace CheckpointBuild.Tool.Packages;

/// <summary>Asks the user's credential plug-ins for what a source wants beyond nuget.config. Nobody is asked at the keyboard: a build has none.</summary>
internal sealed class PluginCredentials : ICredentialService
{
    /// <inheritdoc/>
    public bool HandlesDefaultCredentials => false;

    /// <inheritdoc/>
    public async Task<ICredentials?> GetCredentialsAsync(Uri uri, IWebProxy? proxy, CredentialRequestType type, string message, CancellationToken cancellationToken)
    {
        IEnumerable<PluginDiscoveryResult> plugins = await PluginManager.Instance.FindAvailablePluginsAsync(cancellationToken);
        foreach (PluginDiscoveryResult found in plugins)
        {
            Tuple<bool, PluginCreationResult?> created = await PluginManager.Instance.TryGetSourceAgnosticPluginAsync(found, OperationClaim.Authentication, cancellationToken);
            if (created.Item1 && created.Item2?.Plugin is { } plugin && await AskAsync(plugin, uri, type == CredentialRequestType.Forbidden, cancellationToken) is { } answer)
            {
                return answer;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public bool TryGetLastKnownGoodCredentialsFromCache(Uri uri, bool isProxy, out ICredentials? credentials)
    {
        credentials = null;
        return false;
    }

    private static async Task<ICredentials?> AskAsync(IPlugin plugin, Uri uri, bool isRetry, CancellationToken cancellation)
    {
        var request = new GetAuthenticationCredentialsRequest(uri, isRetry, isNonInteractive: true, canShowDialog: false);
        GetAuthenticationCredentialsResponse? response = await plugin.Connection.SendRequestAndReceiveResponseAsync<GetAuthenticationCredentialsRequest, GetAuthenticationCredentialsResponse>(
            MessageMethod.GetAuthenticationCredentials, request, cancellation);
        return response is { ResponseCode: MessageResponseCode.Success } ? new Answer(new NetworkCredential(response.Username, response.Password), response.AuthenticationTypes ?? []) : null;
    }

    /// <summary>Credentials for those kinds of authentication that the plug-in named; for all where it named none.</summary>
    private sealed class Answer(NetworkCredential credential, IList<string> types) : ICredentials
    {
        public NetworkCredential? GetCredential(Uri uri, string authType) => types.Count == 0 || types.Contains(authType) ? credential : null;
    }
}
